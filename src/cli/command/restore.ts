/**
 * restore: clears what must not be believed after an etcd was restored from a
 * backup (PROTOCOL, "Known limits"). A region: its sides, grants and trust, so
 * that it is new. A hub: its grants, and operations that would run once more.
 */
import {
	JOB,
	LEASE,
	MANIFEST_KINDS,
	type Resource,
	TWIN_OPERATION,
	TWIN_SIDE,
} from "../../api/kind.ts";
import { SIDE, SIDE_FINALIZER } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { parseOperation } from "../../core/hub/operation-view.ts";
import { PROFILES, type ProfileName } from "../../core/profile.ts";
import { parseLease } from "../../core/region/grant/lease.ts";
import { retire } from "../../core/region/retire.ts";
import { parseSide, type SideView } from "../../core/region/side.ts";
import { CliFault } from "../fault.ts";
import { ask, list, notAHub, type Session } from "../session.ts";
import { counted } from "../view/words.ts";
import {
	refuseRunning,
	remove,
	spokenLeases,
	untilStill,
	type Watched,
} from "./alive.ts";

export interface RestoreOptions {
	/** Of the installation: how long a loss takes. */
	readonly profile: ProfileName;
	/** Context of the twin, which sees renewals too. */
	readonly twin?: string;
	readonly yes?: boolean;
}

const AGENT = "twin-operator-agent";
const HUB = "twin-operator-hub";

export async function restoreRegion(
	session: Session,
	region: string,
	options: RestoreOptions,
): Promise<void> {
	const { terminal, context } = session;
	const sides = await sidesOf(session, region);
	await refuseRunning(session, AGENT);
	await confirm(
		session,
		region,
		`This makes ${region} new: ${counted(sides.length, "TwinSide")} and all grants in context ${context} are deleted. Workloads are switched off and stay, volumes too; the hub creates the sides anew, and they take the workloads over.\nEvery agent of ${region} must be stopped, and nodes, twin and hub must not reach this API server before it is over.`,
		options,
	);
	const places: Watched[] = [{ session, counts: () => true }];
	if (options.twin)
		places.push({
			session: session.connect(options.twin),
			counts: (it) => isRenewal(it, region),
		});
	await untilStill(places, PROFILES[options.profile].lossSeconds, session);
	for (const it of sides) await retireSide(session, it);
	const leases = await spokenLeases(session);
	for (const it of leases) await remove(session, LEASE, it);
	terminal.out(
		`${region} is new: ${counted(sides.length, "side")} and ${counted(leases.length, "lease")} deleted.`,
	);
	terminal.out(
		`Next: let nodes, hub and twin reach it again, then start its agents: kubectl --context ${context} -n ${session.flags.operatorNamespace} scale --replicas=1 deployment/${AGENT}`,
	);
}

/** At the twin: the region's grant, still its own. The twin may take it over meanwhile, as it should. */
const isRenewal = (lease: KubeObject, region: string): boolean =>
	lease.metadata.name?.startsWith(`grant-${region}.`) === true &&
	parseLease(lease)?.holder === region;

async function sidesOf(
	session: Session,
	region: string,
): Promise<readonly SideView[]> {
	const objects = await list(session, TWIN_SIDE);
	if (!objects)
		throw new CliFault(
			`the cluster of context ${session.context} knows no TwinSides, so it is no region. Give the restored region's context with --context.`,
		);
	const sides = objects.map((it) => parseSide(it));
	const other = sides.find((it) => it.region !== region);
	if (other)
		throw new CliFault(
			`TwinSide ${other.key} at context ${session.context} is meant for ${other.region || "no region"}, not for ${region}. Give the context of ${region} with --context, or the right name.`,
		);
	return sides;
}

async function retireSide(session: Session, side: SideView): Promise<void> {
	const { namespace, name } = side;
	let count = 0;
	for (const resource of [...MANIFEST_KINDS, JOB]) {
		const found =
			(await list(session, resource, namespace, `${SIDE}=${name}`)) ?? [];
		for (const it of found) {
			// Items of a list do not say what they are.
			const object = { ...it, kind: resource.kind };
			if (await retireOne(session, resource, object, side)) count += 1;
		}
	}
	const kept = side.finalizers.filter((it) => it !== SIDE_FINALIZER);
	const released = await ask(session, {
		verb: "merge",
		resource: TWIN_SIDE,
		namespace,
		name,
		body: {
			metadata: {
				uid: side.uid,
				resourceVersion: side.resourceVersion,
				finalizers: kept.length > 0 ? kept : null,
			},
		},
	});
	await remove(session, TWIN_SIDE, released);
	session.terminal.note(
		`${side.key}: deleted; ${counted(count, "object")} switched off and let go`,
	);
}

async function retireOne(
	session: Session,
	resource: Resource,
	object: KubeObject,
	side: SideView,
): Promise<boolean> {
	const step = retire(object, side);
	if (step.do === "nothing") return false;
	if (step.do === "delete") await remove(session, resource, object);
	else
		await ask(session, {
			verb: "merge",
			resource,
			namespace: side.namespace,
			name: object.metadata.name ?? "",
			body: step.body,
		});
	return true;
}

export async function restoreHub(
	session: Session,
	options: RestoreOptions,
): Promise<void> {
	const { terminal, context, flags } = session;
	const operations = await list(session, TWIN_OPERATION);
	if (!operations) throw notAHub(session);
	await refuseRunning(session, HUB);
	const open = operations.filter((it) => !parseOperation(it).over);
	await confirm(
		session,
		"hub",
		`This clears what a restored hub must not believe, in context ${context}: the grants of both regions, and ${counted(open.length, "TwinOperation")} that would be carried out once more.\nThe agents must not reach this API server before it is over. An empty hub fed from Git needs none of this.`,
		options,
	);
	await untilStill(
		[{ session, counts: () => true }],
		PROFILES[options.profile].lossSeconds,
		session,
	);
	const leases = await spokenLeases(session);
	for (const it of leases) await remove(session, LEASE, it);
	for (const it of open) {
		await remove(session, TWIN_OPERATION, it);
		terminal.note(
			`TwinOperation ${it.metadata.namespace}/${it.metadata.name} deleted: create it again if it is still meant`,
		);
	}
	terminal.out(
		`the hub is cleared: ${counted(leases.length, "lease")} and ${counted(open.length, "operation")} deleted.`,
	);
	terminal.out(
		`Next: apply TwinServices and TwinClusters from Git, so that what was deleted since the backup does not come back; then start the operator: kubectl --context ${context} -n ${flags.operatorNamespace} scale --replicas=2 deployment/${HUB}`,
	);
}

async function confirm(
	{ terminal }: Session,
	word: string,
	warning: string,
	{ yes }: RestoreOptions,
): Promise<void> {
	if (yes) return;
	if (!terminal.interactive)
		throw new CliFault(
			`${warning}\nNobody can be asked here: add --yes if that is meant.`,
			2,
		);
	terminal.note(warning);
	const typed = await terminal.ask(`Type ${word}: `);
	if (typed.trim() !== word)
		throw new CliFault(
			`${JSON.stringify(typed.trim())} is not ${word}: nothing was done.`,
		);
}
