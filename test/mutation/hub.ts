/** Rules of what the hub decides without grants, taken away. */
import { edit, type Mutation } from "./mutation.ts";

const HUB = "src/core/hub";

export const WISHES: Readonly<Record<string, Mutation>> = {
	"no D": {
		rule: "`Available` and `Manual`",
		edits: [
			edit(
				`${HUB}/loss.ts`,
				"now.lastMs - now.sinceMs >= timing.lossMs",
				"now.lastMs - now.sinceMs >= 0",
			),
		],
		course: "a seed without grants",
		found: /a loss takes its time/,
		seeds: 60,
	},
	"no demotion": {
		rule: "`Available` and `Manual`",
		edits: [
			edit(
				`${HUB}/supersede.ts`,
				'if (sideA?.role !== "Active" || sideB?.role !== "Active") return undefined;',
				"if (seen) return undefined;",
			),
		],
		course: "a seed without grants",
		found: /yields|liveness/,
		seeds: 60,
	},
	"unknown is absent": {
		rule: "`Available` and `Manual`",
		edits: [
			edit(
				`${HUB}/deletion.ts`,
				"if (!service.finalizers.includes(SERVICE_FINALIZER))",
				'if (region.side.kind === "unknown" || !service.finalizers.includes(SERVICE_FINALIZER))',
			),
		],
		course: "a deletion while a region is lost, without grants",
		found: "liveness",
		seeds: 60,
	},
	"no wait for pods": {
		rule: "`Available` and `Manual`",
		edits: [
			edit(
				`${HUB}/operation.ts`,
				"old.status.podsGoneEpoch !== old.status.epoch",
				"old.status.podsGoneEpoch === -1",
			),
		],
		course: "a seed without grants",
		found: /nobody starts beside another|never runs two/,
		seeds: 60,
	},
	"Exclusive is promoted": {
		rule: "`Available` and `Manual`",
		edits: [
			edit(
				`${HUB}/election.ts`,
				'if (service.policy === "Exclusive") {',
				'if (service.policy === "") {',
			),
		],
		course: "a region lost, without grants",
		found: /Exclusive never moves by loss/,
		seeds: 60,
	},
	"pods are gone at once": {
		rule: "`Available` and `Manual`",
		edits: [
			edit(
				"src/core/region/podsgone.ts",
				"[...seen.lives.values()].every((it) => isDown(it, seen.side))",
				"true",
			),
			edit(
				"src/core/region/podsgone.ts",
				"seen.pods <= allowedPods(seen.side)",
				"seen.pods >= 0",
			),
		],
		course: "a seed without grants",
		found: /a switchover never runs two/,
		seeds: 60,
	},
};
