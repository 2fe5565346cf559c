import { describe } from "vitest";
import { breakNothing } from "./share.ts";

describe("random faults under grants, 2 of 4", () => breakNothing(1));
