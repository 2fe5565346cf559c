/**
 * Signs of life on an API server that was restored from a backup. Nobody but the
 * person may reach it until its old state is cleared: what an agent or the twin
 * does with old grants is exactly what must not happen.
 */
import { DEPLOYMENT, LEASE, type Resource } from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import { LEADER_LEASE } from "../../core/hub/leader.ts";
import { CliFault } from "../fault.ts";
import { ask, list, type Session } from "../session.ts";

const POLL_MS = 1_000;
/** Grants, what is trusted, and that an agent or a hub is there. */
const SPOKEN = new RegExp(`^(grant-|trust-|agent$|${LEADER_LEASE}$)`);

export async function spokenLeases(
	session: Session,
): Promise<readonly KubeObject[]> {
	const ns = session.flags.operatorNamespace;
	const found = (await list(session, LEASE, ns)) ?? [];
	return found.filter((it) => SPOKEN.test(it.metadata.name ?? ""));
}

/** Refuses where a Deployment of the operator would start a process as soon as nodes reach the API server. */
export async function refuseRunning(
	session: Session,
	prefix: string,
): Promise<void> {
	const ns = session.flags.operatorNamespace;
	const deployments = (await list(session, DEPLOYMENT, ns)) ?? [];
	const on = deployments.filter(
		(it) =>
			it.metadata.name?.startsWith(prefix) &&
			(it.spec as { replicas?: number } | undefined)?.replicas !== 0,
	);
	if (on.length === 0) return;
	const names = on.map((it) => `deployment/${it.metadata.name}`).join(" ");
	throw new CliFault(
		`in the backup ${names} is not scaled to 0: it would start as soon as nodes reach this API server. Run kubectl --context ${session.context} -n ${ns} scale --replicas=0 ${names}, then this again.`,
	);
}

export interface Watched {
	readonly session: Session;
	/** Whether a write that left the Lease like this is a sign of life. */
	readonly counts: (lease: KubeObject) => boolean;
}

/** Resolves when there was no sign of life for so long; throws at the first. */
export async function untilStill(
	places: readonly Watched[],
	seconds: number,
	{ clock, terminal }: Session,
): Promise<void> {
	const contexts = places.map((it) => it.session.context).join(" and ");
	terminal.note(`watching ${contexts} for signs of life, for ${seconds} s`);
	const seen = new Map<string, string>();
	const begunMs = clock.now();
	for (;;) {
		if (terminal.interrupted.aborted)
			throw new CliFault("interrupted: nothing was changed.");
		for (const it of places) await look(it, seen);
		if (clock.now() - begunMs >= seconds * 1_000) return;
		await clock.sleep(POLL_MS, terminal.interrupted);
	}
}

async function look(
	{ session, counts }: Watched,
	seen: Map<string, string>,
): Promise<void> {
	for (const lease of await spokenLeases(session)) {
		const { name, uid, resourceVersion } = lease.metadata;
		const key = `${session.context} ${name}`;
		const version = `${uid}/${resourceVersion}`;
		const before = seen.get(key);
		seen.set(key, version);
		if (before === undefined || before === version || !counts(lease)) continue;
		throw new CliFault(
			`lease ${name} at context ${session.context} was written just now: an agent still runs and reaches it, or a hub. Stop every agent of the restored region (and keep the twin, nodes and hub away from the restored API server), then run this again.`,
		);
	}
}

/** Deletes exactly what was read: whoever writes in between stops it. */
export async function remove(
	session: Session,
	resource: Resource,
	{ metadata }: KubeObject,
): Promise<void> {
	const { name = "", namespace, uid, resourceVersion } = metadata;
	await ask(session, {
		verb: "delete",
		resource,
		name,
		...(namespace === undefined ? {} : { namespace }),
		body: {
			apiVersion: "v1",
			kind: "DeleteOptions",
			preconditions: { uid, resourceVersion },
			propagationPolicy: "Background",
		},
	});
}
