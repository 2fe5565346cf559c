/**
 * What the hub says of its regions and services, as the command line shows it:
 * one shape for the tables, the tree and `-o json`. Pure: objects in, values out.
 */
import type { Condition } from "../../api/condition.ts";
import { REASONS, type Reason } from "../../api/reason.ts";
import { NOTHING } from "../../api/reason-entry.ts";
import type { TwinCluster, TwinService } from "../../api/types.ts";

export type Tri = Condition["status"];

/** What needs a look most, and what to do about it. */
export interface Attention {
	readonly condition: string;
	readonly reason: string;
	readonly message: string;
	/** The catalogue's advice, where the message does not say it already. */
	readonly next?: string;
}

export interface SideStanding {
	readonly region: string;
	readonly role?: string;
	readonly epoch?: number;
	/** Replicas. */
	readonly ready?: number;
	readonly desired?: number;
	readonly reachable?: boolean;
	readonly message?: string;
}

export interface ServiceStanding {
	readonly namespace: string;
	readonly name: string;
	readonly policy: string;
	readonly mode: string;
	readonly suspended: boolean;
	readonly deleting: boolean;
	readonly active?: string;
	readonly standby?: string;
	readonly epoch?: number;
	/** The region that spec.clusters names first. */
	readonly preferred: string;
	/** All of it is as it was asked for, the standby side too. */
	readonly ready: Tri;
	/** The active side serves. */
	readonly available: Tri;
	readonly redundant: Tri;
	/** ISO time at which the active side became active. */
	readonly since?: string;
	readonly sides: readonly SideStanding[];
	readonly attention?: Attention;
}

export interface RegionStanding {
	readonly name: string;
	readonly failureDomain?: string;
	readonly agent: string;
	readonly ready: Tri;
	readonly reachable: Tri;
	readonly grant: string;
	readonly fencing: string;
	/** Services that are active, or stand by, there. */
	readonly active: number;
	readonly standby: number;
	readonly attention?: Attention;
}

export const conditionOf = (
	object: { readonly status?: { readonly conditions?: unknown } | undefined },
	type: string,
): Condition | undefined =>
	(
		(object.status?.conditions ?? []) as readonly (Condition | undefined)[]
	).find((it) => it?.type === type);

const triOf = (it: Condition | undefined): Tri => it?.status ?? "Unknown";

export function serviceStanding(it: TwinService): ServiceStanding {
	const { spec, status } = it;
	const last = status?.lastTransition;
	const since = last?.activatedAt ?? last?.requestedAt;
	return {
		namespace: it.metadata?.namespace ?? "",
		name: it.metadata?.name ?? "",
		policy: spec.promotion?.policy ?? "",
		mode: spec.standby?.mode ?? "",
		suspended: spec.suspend === true,
		deleting: it.metadata?.deletionTimestamp !== undefined,
		...(status?.activeCluster ? { active: status.activeCluster } : {}),
		...(status?.standbyCluster ? { standby: status.standbyCluster } : {}),
		...(status?.epoch === undefined ? {} : { epoch: status.epoch }),
		preferred: spec.clusters[0]?.name ?? "",
		ready: triOf(conditionOf(it, "Ready")),
		available: triOf(conditionOf(it, "Available")),
		redundant: triOf(conditionOf(it, "Redundant")),
		...(since ? { since } : {}),
		sides: (status?.clusters ?? []).map(({ name, ...side }) => ({
			region: name,
			...(side.role ? { role: side.role } : {}),
			...(side.epoch === undefined ? {} : { epoch: side.epoch }),
			...(side.ready === undefined ? {} : { ready: side.ready }),
			...(side.desired === undefined ? {} : { desired: side.desired }),
			...(side.reachable === undefined ? {} : { reachable: side.reachable }),
			...(side.message ? { message: side.message } : {}),
		})),
		...withAttention(serviceAttention(it)),
	};
}

export function regionStanding(
	it: TwinCluster,
	services: readonly ServiceStanding[],
): RegionStanding {
	const name = it.metadata?.name ?? "";
	const sides = services.flatMap(({ sides }) =>
		sides.filter(({ region }) => region === name),
	);
	const { failureDomain, agent } = it.spec;
	return {
		name,
		...(failureDomain === undefined ? {} : { failureDomain }),
		agent,
		ready: triOf(conditionOf(it, "Ready")),
		reachable: triOf(conditionOf(it, "Reachable")),
		grant: conditionOf(it, "GrantHeld")?.reason ?? "Unknown",
		fencing: conditionOf(it, "Fencing")?.reason ?? "Unknown",
		active: sides.filter(({ role }) => role === "Active").length,
		standby: sides.filter(({ role }) => role === "Standby").length,
		...withAttention(regionAttention(it)),
	};
}

const withAttention = (it: Attention | undefined): { attention?: Attention } =>
	it ? { attention: it } : {};

/** The first that is not as it should be, the gravest first. */
function serviceAttention(it: TwinService): Attention | undefined {
	const [promotion, stalled, changing] = [
		conditionOf(it, "PromotionNeeded"),
		conditionOf(it, "Stalled"),
		conditionOf(it, "PolicyChanging"),
	].filter((one) => one?.status === "True");
	const wanting = ["Available", "Ready", "Redundant"]
		.map((type) => conditionOf(it, type))
		.find((one) => one?.status !== "True");
	const found = promotion ?? stalled ?? changing ?? wanting;
	if (found) return attention(found);
	return conditionOf(it, "Ready")
		? undefined
		: {
				condition: "Ready",
				reason: "Unseen",
				message: "No operator has looked at this TwinService yet.",
				next: "See whether the hub operator runs: kubectl twin check.",
			};
}

function regionAttention(it: TwinCluster): Attention | undefined {
	const bad = ["Ready", "GrantHeld", "Independent"]
		.map((type) => conditionOf(it, type))
		.find(
			(one) =>
				one !== undefined &&
				one.status !== "True" &&
				// Without agents nobody holds grants: chosen, not broken.
				one.reason !== "NoAgent" &&
				(one.type === "Ready" || one.status === "False"),
		);
	return bad ? attention(bad) : undefined;
}

export function attention(it: Condition): Attention {
	const next = nextOf(it.reason);
	const { type: condition, reason, message } = it;
	const told = message.includes(next) || next === NOTHING;
	return { condition, reason, message, ...(told ? {} : { next }) };
}

/** The catalogue's advice; a newer operator may have a reason that this one does not know. */
export const nextOf = (reason: string): string =>
	Object.hasOwn(REASONS, reason)
		? REASONS[reason as Reason].next
		: "See docs/reasons.md of the operator's version.";

/** Those that need a look first, then by name. */
export const byUrgency = (a: ServiceStanding, b: ServiceStanding): number =>
	urgency(b) - urgency(a) ||
	a.namespace.localeCompare(b.namespace) ||
	a.name.localeCompare(b.name);

function urgency({ available, attention: it }: ServiceStanding): number {
	if (!it) return 0;
	if (available !== "True") return 3;
	return it.condition === "Stalled" ? 2 : 1;
}
