/** One turn of one TwinCluster: its status, its finalizer, and what was let go of. */
import { TWIN_CLUSTER } from "../../api/kind.ts";
import { CLUSTER_FINALIZER } from "../../api/label.ts";
import type { PendingDeletion } from "../../api/types.ts";
import { clusterProblem, clusterStatus } from "../../core/hub/cluster.ts";
import type { ClusterSeen, ClusterView } from "../../core/hub/cluster-view.ts";
import { isSilent, UNOBSERVED } from "../../core/hub/loss.ts";
import { newsOf } from "../../core/hub/rollup.ts";
import type { Clock } from "../port.ts";
import type { Turn } from "../queue.ts";
import { deleteSide } from "./act.ts";
import type { HubContext } from "./context.ts";
import type { RegionLink } from "./link.ts";
import { recordCluster, recordFinalizers } from "./record.ts";
import { wallOf } from "./request.ts";

const UNSETTLED_MS = 5_000;
const AGAIN_MS = 2_000;
/** The alert TwinCredentialsExpiring has the same. */
const EXPIRING_MS = 14 * 24 * 3_600_000;
const EXPIRY_REVIEW_MS = 3_600_000;

export async function clusterTurn(
	hub: HubContext,
	cluster: ClusterView,
): Promise<Turn> {
	const link = hub.links.get(cluster.name);
	const told =
		cluster.status.conditions &&
		cluster.status.observedGeneration === cluster.generation;
	const unread =
		hub.grants.isYoung && hub.grants.of(cluster.name)?.kind === "Unknown";
	if (told && (unread || link?.isSettled === false))
		return { afterMs: UNSETTLED_MS };
	const all = [...hub.clusters.values()];
	const expiring = expiringOf(hub.clock, link);
	const install = hub.installs.get(cluster.name);
	const version = link?.agentVersion;
	const seen: ClusterSeen = {
		cluster,
		all,
		health: link?.health ?? UNOBSERVED,
		isolated: hub.isIsolated(),
		...(link?.credentialsFault === undefined
			? {}
			: { credentialsFault: link.credentialsFault }),
		...(expiring === undefined ? {} : { credentialsEnd: expiring }),
		...(link?.clusterUID === undefined ? {} : { clusterUID: link.clusterUID }),
		...(link?.agent ? { agent: link.agent } : {}),
		...(install ? { install } : {}),
		...(version === undefined ? {} : { agentVersion: version }),
		...grantsSeen(hub, cluster, link),
		usedBy: usersOf(hub, cluster.name),
		unclaimed: unclaimedIn(hub, cluster, link),
		foreign: link?.sides?.foreign ?? [],
		pending: stillPending(cluster, link),
		wall: wallOf(hub.clock),
	};
	const problem = clusterProblem(
		cluster,
		all,
		(it) => hub.links.get(it)?.clusterUID,
	);
	const status = clusterStatus(seen, problem);
	const written = await recordCluster(hub, cluster, status);
	if (written === "retry") return "retry";
	if (written === "written") {
		const target = {
			apiVersion: "twin-operator.dev/v1alpha1",
			kind: "TwinCluster",
			namespace: "",
			name: cluster.name,
			uid: cluster.uid,
		};
		for (const news of newsOf(cluster.status, status))
			hub.events.tell(target, news);
	}
	if (hub.clusters.get(cluster.name))
		hub.gauges.region(cluster.name, {
			reachable: link !== undefined && !isSilent(link.health),
			credentialsEnd: link?.credentialsEnd,
			status,
		});
	if (!(await holdWhileUsed(hub, seen))) return "retry";
	return removePending(hub, seen.pending, link) ?? untilExpiring(hub, link);
}

/** Time alone makes a condition out of that: nothing else would bring the turn. */
function untilExpiring({ clock }: HubContext, link?: RegionLink): Turn {
	if (!link?.credentialsEnd || expiringOf(clock, link)) return undefined;
	return { afterMs: EXPIRY_REVIEW_MS };
}

function expiringOf(clock: Clock, link?: RegionLink): string | undefined {
	const end = link?.credentialsEnd;
	if (!end || end.getTime() - clock.wall().getTime() > EXPIRING_MS)
		return undefined;
	return end.toISOString();
}

function grantsSeen(
	hub: HubContext,
	{ name }: ClusterView,
	link: RegionLink | undefined,
) {
	const grant = hub.grants.of(name);
	// The one that is connected to as the other of the pair.
	const other = [...hub.links.keys()].find((it) => it !== name);
	const twin = other === undefined ? undefined : hub.clusters.get(other);
	const hasWitness = hub.witnessApi !== undefined;
	// Where the hub itself runs does not count with a witness in its place.
	const hubUID = hasWitness ? hub.grants.witnessUID : hub.hubUID();
	return {
		namespace: hub.namespace,
		...(grant ? { grant } : {}),
		...(twin ? { twin } : {}),
		...(link?.fencing ? { fencing: link.fencing } : {}),
		...(hasWitness ? { hasWitness } : {}),
		...(hubUID === undefined ? {} : { hubUID }),
		...(hub.failureDomain === undefined
			? {}
			: { hubDomain: hub.failureDomain }),
	};
}

const usersOf = (hub: HubContext, name: string): readonly string[] =>
	[...hub.services.values()]
		.filter((it) => it.clusters.includes(name))
		.map((it) => it.key);

function unclaimedIn(
	hub: HubContext,
	{ status }: ClusterView,
	link: RegionLink | undefined,
): readonly string[] {
	const pending = new Set((status.pendingDeletions ?? []).map((it) => it.uid));
	return [...(link?.sides?.entries() ?? [])]
		.filter(([key, side]) => {
			if (hub.services.get(key) || hub.services.unreadable.has(key))
				return false;
			return !side.deleting && !pending.has(side.uid);
		})
		.map(([key]) => key);
}

/** Gone only when it was looked for in a region that answers; one with another uid is another side. */
function stillPending(
	{ status }: ClusterView,
	link: RegionLink | undefined,
): readonly PendingDeletion[] {
	return (status.pendingDeletions ?? []).filter((it) => {
		if (link?.health.kind !== "Alive") return true;
		const seen = link.sideOf(`${it.namespace}/${it.name}`);
		if (seen.kind === "unknown") return true;
		return seen.kind === "present" && seen.side.uid === it.uid;
	});
}

/** A TwinCluster does not go while a TwinService names it: its sides could not be cleaned up. */
async function holdWhileUsed(
	hub: HubContext,
	{ cluster, usedBy }: ClusterSeen,
): Promise<boolean> {
	const has = cluster.finalizers.includes(CLUSTER_FINALIZER);
	const wanted = usedBy.length > 0;
	if (has === wanted || (wanted && cluster.deleting)) return true;
	const now = hub.clusters.get(cluster.name);
	if (!now) return true;
	const others = now.finalizers.filter((it) => it !== CLUSTER_FINALIZER);
	const written = await recordFinalizers(
		hub,
		TWIN_CLUSTER,
		now,
		wanted ? [...others, CLUSTER_FINALIZER] : others,
	);
	return written !== "retry";
}

/** Exactly the uids that were let go of are deleted, when their region is back. */
function removePending(
	hub: HubContext,
	pending: readonly PendingDeletion[],
	link: RegionLink | undefined,
): Turn {
	if (!link || hub.isIsolated()) return undefined;
	let waiting = false;
	for (const it of pending) {
		const key = `${it.namespace}/${it.name}`;
		const seen = link.sideOf(key);
		if (link.health.kind !== "Alive" || seen.kind !== "present") continue;
		waiting = true;
		if (seen.side.deleting) continue;
		const orphan = seen.side.deletionPolicy === "Orphan";
		link.lane.add(key, false, async () => {
			await deleteSide(link, { ...it, orphan });
		});
	}
	return waiting ? { afterMs: AGAIN_MS } : undefined;
}
