/** Everything that is known of a service at this moment, for the rules. */
import { clusterProblem } from "../../core/hub/cluster.ts";
import { UNOBSERVED } from "../../core/hub/loss.ts";
import type {
	Observation,
	RegionSeen,
	Seen,
} from "../../core/hub/observation.ts";
import { placedHash } from "../../core/hub/observation.ts";
import { byTurn } from "../../core/hub/operation-view.ts";
import type { Problem } from "../../core/hub/problem.ts";
import type { ServiceView } from "../../core/hub/service-view.ts";
import type { HubContext } from "./context.ts";
import { wallOf } from "./request.ts";

/** `fresh`: sides read in this turn, by region; they count instead of what is remembered. */
export function observation(
	hub: HubContext,
	service: ServiceView,
	activeForMs: number,
	fresh?: ReadonlyMap<string, Seen>,
): Observation {
	const [first, second] = service.clusters;
	const operations = hub.operationsOf(service.key).toSorted(byTurn);
	const [operation] = operations;
	return {
		installation: hub.installation,
		operatorNamespace: hub.namespace,
		service,
		regions: [
			regionSeen(hub, service, first, fresh),
			regionSeen(hub, service, second, fresh),
		],
		isolated: hub.isIsolated(),
		...(operation ? { operation } : {}),
		operationsWaiting: operations.length > 1,
		activeForMs,
		profile: hub.profile,
		wall: wallOf(hub.clock),
	};
}

function regionSeen(
	hub: HubContext,
	service: ServiceView,
	name: string,
	fresh: ReadonlyMap<string, Seen> | undefined,
): RegionSeen {
	const link = hub.links.get(name);
	const problem = problemOf(hub, service, name);
	const agent = link?.agent;
	const grant = hub.grants.of(name);
	const since = link?.aliveSinceMs;
	const placement = service.placements.get(name) ?? NO_PLACEMENT;
	const tried = link?.verdicts.get(service.key);
	const seen: RegionSeen = {
		name,
		health: link?.health ?? UNOBSERVED,
		...(problem ? { problem } : {}),
		...(agent ? { agent } : {}),
		hasAgent: link !== undefined && link.agentMode !== "None",
		...(grant ? { grant } : {}),
		...(link?.fencing ? { fencing: link.fencing } : {}),
		...(since === undefined ? {} : { aliveForMs: hub.clock.now() - since }),
		side: fresh?.get(name) ?? link?.sideOf(service.key) ?? { kind: "unknown" },
		placement,
		verdict: "pending",
		...(link?.lastAliveAt === undefined
			? {}
			: { lastAliveAt: link.lastAliveAt }),
	};
	return tried && tried.hash === placedHash(seen)
		? { ...seen, verdict: tried.verdict }
		: seen;
}

const NO_PLACEMENT: Problem = {
	reason: "UnknownCluster",
	message: "spec.clusters does not name it.",
};

function problemOf(
	hub: HubContext,
	service: ServiceView,
	name: string,
): Problem | undefined {
	const cluster = hub.clusters.get(name);
	if (cluster)
		return clusterProblem(
			cluster,
			[...hub.clusters.values()],
			(it) => hub.links.get(it)?.clusterUID,
		);
	const at = service.clusters.indexOf(name);
	return {
		reason: "UnknownCluster",
		message: `spec.clusters[${at}].name is ${name}, and there is no TwinCluster of that name. Create it, or correct the name.`,
	};
}
