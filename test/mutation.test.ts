/** That the rules which a slow test takes away still stand where it looks for them. */
import { expect, it } from "vitest";
import { faultsOf } from "./mutation/mutate.ts";
import { MUTATIONS } from "./mutation/table.ts";

it.each(Object.entries(MUTATIONS))("%s: found in its file, once", (_, it) => {
	expect(faultsOf(it)).toEqual([]);
});
