/** Commands that only read: status, explain, history, clusters. */
import {
	LEASE,
	TWIN_CLUSTER,
	TWIN_SERVICE,
	TWIN_SIDE,
} from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import type { TwinCluster, TwinService, TwinSide } from "../../api/types.ts";
import { LEADER_LEASE } from "../../core/hub/leader.ts";
import { prospectsOf } from "../../core/hub/prospect.ts";
import { parseLease } from "../../core/region/grant/lease.ts";
import { printed } from "../output.ts";
import {
	find,
	list,
	notAHub,
	type Session,
	send,
	serviceOf,
} from "../session.ts";
import { palette } from "../terminal.ts";
import { historyLines, movesOf } from "../view/history.ts";
import { grantsOf, regionSceneLines } from "../view/region.ts";
import { explainLines, treeLines } from "../view/service.ts";
import {
	conditionOf,
	type RegionStanding,
	regionStanding,
	type ServiceStanding,
	serviceStanding,
} from "../view/standing.ts";
import { type Leader, regionLines, statusLines } from "../view/status.ts";
import { wrap } from "../view/words.ts";

const qualified = ({ name }: ServiceStanding): string =>
	`twinservice.twin-operator.dev/${name}`;

export async function status(session: Session, name?: string): Promise<void> {
	if (name !== undefined) return await statusOf(session, name);
	const { context, namespace, terminal, flags, clock } = session;
	const services = await list<TwinService>(session, TWIN_SERVICE, namespace);
	if (!services) return await regionStatus(session);
	const standing = services.map(serviceStanding);
	// Regions count their sides over all namespaces where those may be read.
	const regions = await regionsOf(session, standing);
	const leader = await leaderOf(session);
	const view = {
		context,
		...(leader ? { leader } : {}),
		regions,
		services: standing,
	};
	if (printed(session, view, standing.map(qualified))) return;
	const lines = statusLines(view, {
		colour: palette(terminal.colour),
		now: clock.wall(),
		wide: flags.output === "wide",
		all: namespace === undefined,
	});
	for (const it of lines) terminal.out(it);
}

async function statusOf(session: Session, name: string): Promise<void> {
	const service = await serviceOf(session, name);
	const standing = serviceStanding(service);
	if (printed(session, standing, [qualified(standing)])) return;
	const { terminal, clock, context } = session;
	const regions = await regionsOf(session, [standing]);
	const shown = { colour: palette(terminal.colour), now: clock.wall() };
	for (const it of treeLines(service, regions, context, shown))
		terminal.out(it);
}

async function regionsOf(
	session: Session,
	services: readonly ServiceStanding[],
): Promise<readonly RegionStanding[]> {
	const clusters = (await list<TwinCluster>(session, TWIN_CLUSTER)) ?? [];
	return clusters.map((it) => regionStanding(it, services));
}

/** Whoever may not read the Lease sees the rest all the same. */
export async function leaderOf(session: Session): Promise<Leader | undefined> {
	const answer = await send(session, {
		verb: "get",
		resource: LEASE,
		namespace: session.flags.operatorNamespace,
		name: LEADER_LEASE,
	});
	const lease = answer.kind === "ok" ? parseLease(answer.body) : undefined;
	return lease && lease.holder !== ""
		? { process: lease.holder, renewed: lease.renewTime }
		: undefined;
}

async function regionStatus(session: Session): Promise<void> {
	const { context, namespace, terminal, clock, flags } = session;
	const sides = await list<TwinSide>(session, TWIN_SIDE, namespace);
	if (!sides) throw notAHub(session);
	const leases = await find<{ items: KubeObject[] }>(session, {
		verb: "list",
		resource: LEASE,
		namespace: flags.operatorNamespace,
	});
	const grants = grantsOf(leases?.items ?? []);
	const names = sides.map(
		({ metadata }) => `twinside.twin-operator.dev/${metadata?.name}`,
	);
	const plain = sides.map(({ metadata, spec, status }) => ({
		namespace: metadata?.namespace,
		name: metadata?.name,
		region: spec.region,
		...status,
	}));
	if (printed(session, { context, sides: plain, grants }, names)) return;
	const lines = regionSceneLines(
		{ context, sides, grants },
		{
			colour: palette(terminal.colour),
			now: clock.wall(),
			all: namespace === undefined,
		},
	);
	for (const it of lines) terminal.out(it);
}

export async function explain(session: Session, name: string): Promise<void> {
	const service = await serviceOf(session, name);
	const standing = serviceStanding(service);
	const view = { ...standing, ifLost: prospectsOf(service) };
	if (printed(session, view, [qualified(standing)])) return;
	const { terminal, clock } = session;
	const shown = { colour: palette(terminal.colour), now: clock.wall() };
	for (const it of explainLines(service, shown)) terminal.out(it);
}

export async function history(session: Session, name: string): Promise<void> {
	const service = await serviceOf(session, name);
	const moves = movesOf(service);
	if (printed(session, moves, [qualified(serviceStanding(service))])) return;
	for (const it of historyLines(service)) session.terminal.out(it);
}

export async function clusters(session: Session): Promise<void> {
	const { terminal, flags } = session;
	const found = await list<TwinCluster>(session, TWIN_CLUSTER);
	if (!found) throw notAHub(session);
	const services = (await list<TwinService>(session, TWIN_SERVICE)) ?? [];
	const standing = services.map(serviceStanding);
	const regions = found.map((it) => regionStanding(it, standing));
	const names = regions.map((it) => `twincluster.twin-operator.dev/${it.name}`);
	if (printed(session, regions, names)) return;
	const colour = palette(terminal.colour);
	for (const it of regionLines(regions, colour)) terminal.out(it);
	for (const it of found) {
		const bad = regions.find((one) => one.name === it.metadata?.name);
		if (!bad?.attention && flags.output !== "wide") continue;
		terminal.out("");
		terminal.out(colour.strong(it.metadata?.name ?? ""));
		for (const type of CLUSTER_CONDITIONS) {
			const said = conditionOf(it, type);
			if (said && (said.status !== "True" || flags.output === "wide"))
				for (const line of wrap(
					`${type}: ${said.reason}. ${said.message}`,
					"  ",
				))
					terminal.out(line);
		}
	}
}

const CLUSTER_CONDITIONS = [
	"Ready",
	"Reachable",
	"CredentialsValid",
	"AgentReady",
	"GrantHeld",
	"Fencing",
	"Independent",
];
