/** Rules about every request of the hub's process, as it is sent. */
import type { Call } from "../../src/shell/port.ts";
import { at, type Dict, dict, list, text } from "../clusters/embedded/json.ts";
import type { Invariants } from "./invariants.ts";
import { PROFILE } from "./operator.ts";
import { isWrite, type Process } from "./process.ts";
import { twinOf } from "./service.ts";
import { conditionOf } from "./truth.ts";
import type { World } from "./world.ts";

export interface Sending {
	readonly invariants: Invariants;
	readonly world: World;
	readonly by: Process;
	readonly cluster: string;
	readonly call: Call;
}

export function hubRules(sending: Sending): void {
	const { cluster, call } = sending;
	if (!isWrite(call)) return;
	const { kind } = call.resource;
	if (kind === "TwinSide" && cluster !== "hub") {
		const wish = wishIn(call);
		if (wish) wished(sending, wish);
	}
	if (kind === "TwinService" && call.subresource === "status")
		told(sending, call);
}

const nameOf = (call: Call): string =>
	call.name ?? text(at(call.body, "metadata", "name"));

function wishIn({ verb, body }: Call): Dict | undefined {
	if (verb !== "json") return at(body, "spec", "wish") as Dict | undefined;
	const op = list(body).find(
		(it) => at(it, "path") === "/spec/wish" && at(it, "op") !== "remove",
	);
	return at(op, "value") as Dict | undefined;
}

/** A wish that would change a role must have its reason in the world. */
function wished(sending: Sending, wish: Dict): void {
	const { world, invariants, cluster, call } = sending;
	const service = nameOf(call);
	const { truth } = world;
	const side = truth.side(cluster, service);
	const twin = truth.side(twinOf(cluster), service);
	if (!side || JSON.stringify(side.wish) === JSON.stringify(wish)) return;
	// Overtaken before it was sent: nobody acts on it.
	if (wish.ifEpoch !== side.epoch) return;
	const say = (rule: string, why: string) =>
		invariants.report(
			rule,
			`${cluster}: wish ${JSON.stringify(wish)} for ${service}: ${why}`,
		);
	const moves = truth.operation(service, "Switchover", world.clock.now());
	if (wish.to !== cluster) {
		// On a standby side it stops nothing: it seals it before the other starts.
		if (side.role === "Active" && twin?.role !== "Active" && !moves)
			say("nobody is stopped for nothing", "the other side does not serve");
		return;
	}
	if (wish.supersedes) {
		taken(sending, service, say);
		return;
	}
	if (!twin) say("nobody starts alone", "the other side does not exist");
	else if (twin.role === "Active")
		say("nobody starts beside another", "the other side is active");
	else if (!twin.podsGone && side.epoch + twin.epoch > 0)
		say("nobody starts beside another", "the other side's pods are not gone");
}

function taken(
	{ world, invariants, by, cluster }: Sending,
	service: string,
	say: (rule: string, why: string) => void,
): void {
	const { truth, clock } = world;
	const policies = world.policiesOf(service);
	if (policies.every((it) => it === "Exclusive"))
		say("Exclusive never moves by loss", "the policy is Exclusive");
	if (truth.operation(service, "Failover", clock.now())) return;
	if (!policies.includes("Available"))
		say("Manual waits for a person", "there is no Failover");
	const lastMs = Math.max(
		by.startedMs,
		invariants.heard(by, twinOf(cluster))?.aliveMs ?? 0,
	);
	const silentMs = clock.now() - lastMs;
	if (silentMs < PROFILE.lossSeconds * 1_000 - 1)
		say("a loss takes its time", `it was heard ${silentMs} ms ago`);
	const own = invariants.heard(by, cluster)?.aliveMs ?? 0;
	const { periodSeconds, requestSeconds } = PROFILE;
	const freshMs = 2_000 * (periodSeconds + requestSeconds) + 1_000;
	if (clock.now() - own > freshMs)
		say("a hub that sees nobody freezes", "this region is silent as well");
}

/** How old what the hub tells may be, from the last word of the region. */
const SLACK_MS = 20_000;

/** The status claims nothing that the world did not show. */
function told({ world, invariants, by, call }: Sending, { body }: Call): void {
	const service = nameOf(call);
	const before = world.truth.services.get(service);
	// Made for a version that is gone: the API server refuses it.
	const version = ["metadata", "resourceVersion"] as const;
	if (at(body, ...version) !== at(before, ...version)) return;
	const status = dict(at(body, "status"));
	const was = dict(at(before, "status"));
	const active = text("activeCluster" in status ? status.activeCluster : "");
	if (active !== "" && active !== was.activeCluster) {
		const sinceMs = sinceOf(invariants, by, active);
		const ok = world.truth.wasSince(
			active,
			service,
			sinceMs,
			(it) => it.role === "Active",
		);
		if (!ok)
			invariants.report(
				"the status does not lie",
				`${service}: activeCluster ${active} is told, and it was not Active since ${sinceMs}`,
			);
	}
	const serving = active || text(was.activeCluster);
	const ready = conditionOf(body, "Ready")?.status === "True";
	const readyBefore = conditionOf(before, "Ready")?.status === "True";
	if (!ready || readyBefore) return;
	const ok = world.truth.wasSince(
		serving,
		service,
		sinceOf(invariants, by, serving),
		(it) => it.role === "Active" && it.ready,
	);
	if (!ok)
		invariants.report(
			"the status does not lie",
			`${service}: Ready is told, and ${serving} was not`,
		);
}

/** A process that never heard of a region repeats what was known before it. */
function sinceOf(invariants: Invariants, by: Process, cluster: string): number {
	const heard = invariants.heard(by, cluster)?.anyMs;
	return heard === undefined ? 0 : heard - SLACK_MS;
}
