/**
 * One rule taken away each: as text, so that the code under test knows nothing
 * of it, and so that the command line has them as well. Each comes with a
 * course of events that asks for the rule; clean with the rule, and broken
 * without it.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import type { GrantFault } from "./fault.ts";
import type { GrantPlan } from "./run.ts";

interface Mutation {
	readonly file: string;
	readonly from: string;
	readonly to: string;
	readonly plan: Pick<GrantPlan, "faults" | "moves">;
}

const SERVICE = "web";

const fault = (
	name: string,
	atSeconds: number,
	forSeconds: number,
	begin: GrantFault["begin"],
): GrantFault => ({
	name,
	atMs: atSeconds * 1_000,
	forMs: forSeconds * 1_000,
	begin,
});

/** Pods of the north run on unseen, until their gate stops them. */
const unseen = fault("north: nodes cut off", 24, 40, (world) => {
	const mends = [world.nodes.north.partition(), world.deafen("north")];
	return () => {
		for (const it of mends) it();
	};
});

const movedUnseen = {
	faults: [unseen],
	moves: [[25_000, SERVICE]] as const,
};

const northSilent = {
	faults: [
		fault("north: agents killed", 25, 30, (world) => {
			world.killAgents("north");
			return () => world.startAgent("north");
		}),
	],
	moves: [],
};

const northLost = {
	faults: [
		fault("north: lost", 25, 30, (world) => {
			world.lose("north");
			return () => world.bringBack("north");
		}),
	],
	moves: [],
};

/** South has served before, so that it decides when the north is empty. */
const northEmptied = {
	faults: [
		fault("north: emptied", 70, 1, (world) => {
			world.wipeRegion("north");
			return () => {};
		}),
	],
	moves: [
		[20_000, SERVICE],
		[45_000, SERVICE],
	] as const,
};

const isolated = {
	faults: [fault("north: isolated", 25, 40, (world) => world.isolate("north"))],
	moves: [],
};

const EXCLUSIVE = "src/core/region/exclusive";

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
	"offer before the pods are gone": {
		file: `${EXCLUSIVE}/offered.ts`,
		from: "offeredTo === undefined || podsGoneEpoch !== epoch",
		to: "offeredTo === undefined || podsGoneEpoch === -1",
		plan: movedUnseen,
	},
	"pods gone by the list alone": {
		file: "src/core/region/podsgone.ts",
		from: "return grant ? Math.max(0, grant.goneAfterMs - grant.standbyForMs) : 0;",
		to: "return grant ? 0 : 0;",
		plan: movedUnseen,
	},
	"rule 16 without pods gone": {
		file: `${EXCLUSIVE}/creation.ts`,
		from: "peer.podsGoneEpoch !== peer.epoch",
		to: "peer.podsGoneEpoch === -1",
		plan: northEmptied,
	},
	"return without demotion": {
		file: `${EXCLUSIVE}/return.ts`,
		from: "if (taken === undefined || fresh || grant.returned === taken) return STAY;",
		to: "if (taken !== side.uid) return STAY;",
		plan: northLost,
	},
	"gate ignored": {
		file: "test/sim/exclusive/nodes.ts",
		from: "if (path === undefined) return true;",
		to: "if (path !== '') return true;",
		plan: northSilent,
	},
	"gate answered without proof": {
		file: "src/core/region/answer.ts",
		from: "standing.remainingMs() > 0 ? YES : NOT_FRESH",
		to: "standing.remainingMs() >= 0 ? YES : NOT_FRESH",
		plan: isolated,
	},
};

/** For modules that are loaded from now on; throws when the rule is not where it was. */
export function mutate({ file, from, to }: Mutation): void {
	const url = new URL(`../../../${file}`, import.meta.url);
	if (!readFileSync(url, "utf8").includes(from))
		throw new Error(`${file} has no text ${from}: adapt the mutation`);
	registerHooks({
		load: (address, context, next) => {
			const loaded = next(address, context);
			return address === url.href
				? { ...loaded, source: String(loaded.source).replace(from, to) }
				: loaded;
		},
	});
}
