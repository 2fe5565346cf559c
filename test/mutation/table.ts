/** All rules that can be taken away: by a test, by `npm run sim -- --mutate NAME`, by the demo's test. */
import { GRANTS } from "./grant.ts";
import { WISHES } from "./hub.ts";
import type { Mutation } from "./mutation.ts";
import { SIDES } from "./side.ts";

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
	...GRANTS,
	...SIDES,
	...WISHES,
};
