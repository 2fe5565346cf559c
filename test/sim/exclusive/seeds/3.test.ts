import { describe } from "vitest";
import { breakNothing } from "./share.ts";

describe("random faults under grants, 3 of 4", () => breakNothing(2));
