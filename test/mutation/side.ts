/** Rules of sides, processes and gates, taken away. */
import { edit, type Mutation } from "./mutation.ts";

const GRANT = "src/core/region/grant";
const EXCLUSIVE = "src/core/region/exclusive";

export const SIDES: Readonly<Record<string, Mutation>> = {
	"return without demotion": {
		rule: "11",
		edits: [
			edit(
				`${EXCLUSIVE}/return.ts`,
				"if (taken === undefined || fresh || grant.returned === taken) return STAY;",
				"if (taken !== side.uid) return STAY;",
			),
		],
		course: "a region lost",
		found: "liveness",
	},
	"return without demotion, given back all the same": {
		rule: "11",
		edits: [
			edit(
				`${EXCLUSIVE}/return.ts`,
				"if (taken === undefined || fresh || grant.returned === taken) return STAY;",
				"if (taken !== side.uid) return STAY;",
			),
			edit(
				`${GRANT}/return.ts`,
				'own.every((it) => it.role === "Standby" && isReturned(taken, it))',
				"true",
			),
		],
		course: "a region lost",
		found: "never two",
	},
	"standby sides keep their epoch at the return": {
		rule: "11",
		edits: [
			edit(
				`${EXCLUSIVE}/return.ts`,
				"fresh || grant.returned === taken)",
				'fresh || grant.returned === taken || side.status.role === "Standby")',
			),
			edit(
				`${GRANT}/return.ts`,
				"&& isReturned(taken, it))",
				"&& isReturned !== undefined)",
			),
		],
		course: "a side accepted late",
		found: "never two",
	},
	"offer before the pods are gone": {
		rule: "14",
		edits: [
			edit(
				`${EXCLUSIVE}/offered.ts`,
				"offeredTo === undefined || podsGoneEpoch !== epoch",
				"offeredTo === undefined || podsGoneEpoch === -1",
			),
		],
		course: "a move, with pods that run on unseen",
		found: "never two",
	},
	"pods gone by the list alone": {
		rule: "14",
		edits: [
			edit(
				"src/core/region/podsgone.ts",
				"return grant ? Math.max(0, grant.goneAfterMs - grant.standbyForMs) : 0;",
				"return grant ? 0 : 0;",
			),
		],
		course: "a move, with pods that run on unseen",
		found: "never two",
	},
	"offers without from": {
		rule: "15",
		edits: [
			edit(
				`${EXCLUSIVE}/move.ts`,
				"known !== undefined && offer.from !== known",
				"known !== undefined && offer.from === undefined",
			),
		],
		course: "an offer of a side that is created anew",
		found: "never two",
	},
	"rule 16 without pods gone": {
		rule: "16",
		edits: [
			edit(
				`${EXCLUSIVE}/creation.ts`,
				"peer.podsGoneEpoch !== peer.epoch",
				"peer.podsGoneEpoch === -1",
			),
		],
		course: "a region emptied",
		found: "never two",
	},
	"rule 16 ignores the own offer": {
		rule: "16",
		edits: [
			edit(
				`${EXCLUSIVE}/creation.ts`,
				"side.status.offeredTo === nameOf(peer)",
				"side.status.offeredTo === side.uid",
			),
		],
		course: "an offer read and not yet taken",
		found: "never two",
	},
	"epoch check off": {
		rule: "18",
		edits: [
			edit(
				"src/core/region/diff.ts",
				"(live.epoch ?? 0) > side.status.epoch",
				"(live.epoch ?? 0) === -1",
			),
		],
		course: "a process that hears nothing of its sides",
		found: /a workload's epoch never falls|a standby side starts nothing/,
	},
	"no yielding between two processes": {
		rule: "20",
		edits: [
			edit(
				`${GRANT}/presence.ts`,
				"yielding: presence.yielding || !known,",
				"yielding: presence.yielding && !known,",
			),
		],
		course: "a move past a process that cannot read its sides",
		found: "never two",
	},
	"gate answered without proof": {
		rule: "2",
		edits: [
			edit(
				"src/core/region/answer.ts",
				"standing.remainingMs() > 0 ? YES : NOT_FRESH",
				"standing.remainingMs() >= 0 ? YES : NOT_FRESH",
			),
		],
		course: "a region isolated",
		found: "never two",
	},
	"gate ignored": {
		rule: "Timing",
		edits: [
			edit(
				"test/sim/exclusive/nodes.ts",
				"if (path === undefined) return true;",
				"if (path !== '') return true;",
			),
		],
		course: "agents dead for a while",
		found: "never two",
	},
};
