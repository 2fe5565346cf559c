import { describe } from "vitest";
import { breakNothing } from "./share.ts";

describe("random faults under grants, 1 of 4", () => breakNothing(0));
