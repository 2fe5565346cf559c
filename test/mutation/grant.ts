/** Rules of proof and takeover, taken away. */
import { edit, type Mutation } from "./mutation.ts";

const GRANT = "src/core/region/grant";

export const GRANTS: Readonly<Record<string, Mutation>> = {
	"no F in D_p": {
		rule: "Timing",
		edits: [
			edit(
				`${GRANT}/timing.ts`,
				"lossMs: profile.lossSeconds * 1_000",
				"lossMs: (profile.lossSeconds - profile.fenceSeconds) * 1_000",
			),
		],
		course: "a region cut off, at the edge of the clocks",
		found: "never two",
		seeds: 10,
	},
	"renewals counted from the acknowledgement": {
		rule: "1",
		edits: [
			edit(
				`${GRANT}/answered.ts`,
				'confirmed(freed.proof, "peer", sent)',
				'confirmed(freed.proof, "peer", received)',
			),
			edit(
				`${GRANT}/answered.ts`,
				'confirmed(proof, "hub", sent)',
				'confirmed(proof, "hub", received)',
			),
		],
		course: "renewals acknowledged late",
		found: "never two",
		seeds: 10,
	},
	"a clock that does not count suspend": {
		rule: "Timing",
		edits: [
			edit(
				`${GRANT}/instant.ts`,
				"Math.max(now.monotonicMs - from.monotonicMs, now.bootMs - from.bootMs)",
				"now.monotonicMs - from.monotonicMs",
			),
			edit(
				`${GRANT}/instant.ts`,
				"Math.abs(now.wallMs - before.wallMs - heldMs(before, now)) > JUMP_MS",
				"now.wallMs < 0",
			),
		],
		course: "machines suspended",
		found: "never two",
		seeds: 10,
	},
	"jumps of the clock are ignored": {
		rule: "Timing",
		edits: [
			edit(
				`${GRANT}/instant.ts`,
				"Math.abs(now.wallMs - before.wallMs - heldMs(before, now)) > JUMP_MS",
				"now.wallMs < 0",
			),
		],
		course: "machines saved and restored",
		found: "never two",
		seeds: 10,
	},
	"S3 does not count": {
		rule: "1",
		edits: [
			edit(
				`${GRANT}/answered.ts`,
				'confirmed(proof, "own", sent)',
				'presence.yielding ? confirmed(proof, "own", sent) : proof',
			),
		],
		course: "a region lost, then the hub",
		found: "liveness",
	},
	"no trust": {
		rule: "3",
		edits: [
			edit(
				`${GRANT}/proof.ts`,
				"fresh && proof.trusted !== uid",
				"proof.trusted !== uid",
			),
		],
		course: "the hub wiped after a takeover",
		found: "never two",
		seeds: 10,
	},
	"trustedHub is not stored": {
		rule: "3",
		edits: [
			edit(
				`${GRANT}/answered.ts`,
				"proof.trusted ?? (lease.trustedHub || undefined)",
				"proof.trusted",
			),
		],
		course: "both restart, one comes back",
		found: "liveness",
	},
	"what does not count is renewed": {
		rule: "4",
		edits: [
			edit(
				`${GRANT}/lane.ts`,
				"mayRenew(presence) && !proof.taken && lease?.uid === proof.trusted",
				"mayRenew(presence)",
			),
		],
		course: "the link cut, the hub wiped, an agent restarted",
		found: "liveness",
	},
	"a lease created at a wiped hub counts": {
		rule: "5",
		edits: [
			edit(
				`${GRANT}/answered.ts`,
				'(wrote === "renew" || wrote === "retake") &&',
				'(wrote === "renew" || wrote === "retake" || wrote === "create") &&',
			),
			edit(
				`${GRANT}/answered.ts`,
				"trusting(known.proof, lease.uid, fresh(grant, received))",
				'trusting(known.proof, lease.uid, fresh(grant, received) || wrote === "create")',
			),
			edit(
				`${GRANT}/answered.ts`,
				"!proof.taken &&",
				'(!proof.taken || wrote === "create") &&',
			),
		],
		course: "the hub wiped after a takeover",
		found: "never two",
		seeds: 10,
	},
	"takeover at the hub only": {
		rule: "7",
		edits: [
			edit(
				`${GRANT}/takeover.ts`,
				"!isOld(own, timing) || !isOld(hub, timing)",
				"!isOld(hub, timing)",
			),
			// Whatever stands there now, instead of what was observed.
			edit(
				`${GRANT}/lane.ts`,
				'swap("peerAtOwn", "commit", takeover.own, {',
				'swap("peerAtOwn", "commit", leaseAt(grant, "peerAtOwn") ?? takeover.own, {',
			),
		],
		course: "a region cut off from the hub",
		found: "never two",
		seeds: 10,
	},
	"takeover at the own API server only": {
		rule: "7",
		edits: [
			edit(
				`${GRANT}/takeover.ts`,
				"!isOld(own, timing) || !isOld(hub, timing)",
				"!isOld(own, timing)",
			),
		],
		course: "a region cut off from its twin",
		found: "never two",
		seeds: 10,
	},
	"no takeover": {
		rule: "7",
		edits: [
			edit(
				`${GRANT}/takeover.ts`,
				"if (!isOld(own, timing) || !isOld(hub, timing)) return undefined;",
				"return undefined;",
			),
		],
		course: "a region lost, then the hub",
		found: "liveness",
	},
	"NotFound at the hub counts for takeover": {
		rule: "7",
		edits: [
			edit(
				`${GRANT}/lane.ts`,
				'import { takeable } from "./takeover.ts";',
				'import { isOld, takeable } from "./takeover.ts";',
			),
			edit(
				`${GRANT}/lane.ts`,
				'if (!lease) return createIfAbsent(grant, "peerAtHub", peer);',
				'if (!lease) return createIfAbsent(grant, "peerAtHub", observed.own && isOld(observed.own, timing) ? region : peer);',
			),
			edit(
				`${GRANT}/answered.ts`,
				'if (action.kind === "swap" && action.why === "take")',
				`if (action.kind === "create" && action.spot === "peerAtHub" && action.region === before.region && outcome.kind === "lease" && before.observed.own)
		grant = { ...grant, takeover: { step: 2, own: before.observed.own.lease } };
	if (action.kind === "swap" && action.why === "take")`,
			),
		],
		course: "the hub wiped without a link",
		found: "never two",
		seeds: 10,
	},
	"observation not restarted when fresh": {
		rule: "7",
		edits: [
			edit(
				`${GRANT}/answered.ts`,
				"? { ...grant, observed: restart() }",
				"? grant",
			),
		],
		course: "a grant given back late",
		found: "never two",
		seeds: 10,
	},
	"handover in a fixed order": {
		rule: "14",
		edits: [
			edit(
				`${GRANT}/handover.ts`,
				"const from = Math.max(0, first);",
				"const from = Math.min(0, first);",
			),
		],
		course: "more offers than a renewal has room for",
		found: "liveness",
	},
};
