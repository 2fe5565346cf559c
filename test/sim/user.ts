/** What people do, at the hub. */
import {
	LEASE,
	NAMESPACE as NAMESPACE_KIND,
	SECRET,
	TWIN_CLUSTER,
	TWIN_OPERATION,
	TWIN_SERVICE,
} from "../../src/api/kind.ts";
import { LET_GO } from "../../src/api/label.ts";
import { FORCE, grantName } from "../../src/core/region/grant/lease.ts";
import type { ControlPlane } from "../clusters/embedded/control-plane.ts";
import { list, at as valueAt } from "../clusters/embedded/json.ts";
import {
	NAMESPACE,
	OPERATOR_NAMESPACE,
	REGIONS,
	type RegionName,
	type Shape,
	serviceOf,
	twinOf,
} from "./service.ts";
import type { World } from "./world.ts";

export function createNamespace(plane: ControlPlane, name: string): void {
	const { group, version, plural } = NAMESPACE_KIND;
	plane.server.handle({
		verb: "create",
		group,
		version,
		plural,
		body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
		query: {},
		agent: "user",
	});
}

export const kubeconfigOf = (region: string): string => `simulated: ${region}`;

/** Everything a hub needs that lies in Git. */
export function installHub(world: World): void {
	createNamespace(world.hub, OPERATOR_NAMESPACE);
	createNamespace(world.hub, NAMESPACE);
	for (const region of REGIONS) {
		const secret = {
			apiVersion: "v1",
			kind: "Secret",
			metadata: { name: `${region}-access`, namespace: OPERATOR_NAMESPACE },
			data: {
				kubeconfig: Buffer.from(kubeconfigOf(region)).toString("base64"),
			},
		};
		world.kubectl(world.hub, "create", SECRET, {
			namespace: OPERATOR_NAMESPACE,
			body: secret,
		});
		register(world, region);
	}
	for (const [name, shape] of world.shapes) {
		if (!world.deleted.has(name)) apply(world, shape);
	}
}

function register(world: World, name: RegionName): void {
	const body = {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinCluster",
		metadata: { name },
		spec: {
			credentials: { secretRef: { name: `${name}-access` } },
			agent: world.agent,
		},
	};
	world.kubectl(world.hub, "apply", TWIN_CLUSTER, { name, body });
}

export function apply(world: World, shape: Shape): void {
	const before = world.shapes.get(shape.name);
	if (before?.extra && !shape.extra) world.dropped.add(`${shape.name}-extra`);
	world.shapes.set(shape.name, shape);
	const { name, policy } = shape;
	const policies = world.policies.get(name) ?? [];
	world.policies.set(name, [...policies, { policy, atMs: world.clock.now() }]);
	const body = serviceOf(shape);
	world.kubectl(world.hub, "apply", TWIN_SERVICE, {
		namespace: NAMESPACE,
		name,
		body,
	});
	world.journal.say("user", `applies ${name} ${JSON.stringify(shape)}`);
}

export function change(
	world: World,
	name: string,
	changes: Partial<Shape>,
): void {
	const before = world.shapes.get(name);
	if (!before || world.deleted.has(name)) return;
	apply(world, { ...before, version: before.version + 1, ...changes });
}

export function remove(world: World, name: string): void {
	world.deleted.add(name);
	// This hub has not come to claiming its sides: they are nobody's, and stay.
	const found = world.truth.services.get(name);
	if (list(valueAt(found, "metadata", "finalizers")).length === 0)
		world.forgotten.add(name);
	world.journal.say("user", `deletes ${name}`);
	world.kubectl(world.hub, "delete", TWIN_SERVICE, {
		namespace: NAMESPACE,
		name,
		body: {},
	});
}

export function letGo(world: World, name: string, region: RegionName): void {
	if (!world.truth.services.has(name)) return;
	world.journal.say("user", `lets go of ${region} for ${name}`);
	world.kubectl(world.hub, "merge", TWIN_SERVICE, {
		namespace: NAMESPACE,
		name,
		body: { metadata: { annotations: { [LET_GO]: region } } },
	});
}

/** Deletes the operations of a service, whatever they are at. */
export function abandon(world: World, service: string): void {
	for (const [name, it] of [...world.truth.operations]) {
		if (it.service !== service) continue;
		world.journal.say("user", `deletes ${name}`);
		world.kubectl(world.hub, "delete", TWIN_OPERATION, {
			namespace: NAMESPACE,
			name,
			body: {},
		});
	}
}

/** Rule 19: `lost` is declared to be so, to the agents of the other region. */
export function force(world: World, lost: RegionName): void {
	const region = twinOf(lost);
	if (!world.regions[region].alive) return;
	world.journal.say("user", `declares ${lost} lost, in ${region}`);
	sayForced(world, lost, lost);
}

function sayForced(world: World, lost: RegionName, word: string | null): void {
	const region = twinOf(lost);
	const plane = world.regions[region];
	const at = { namespace: OPERATOR_NAMESPACE, name: grantName(lost, region) };
	// Wiped, it has no grants yet.
	if (world.kubectl(plane, "get", LEASE, at).metadata === undefined) return;
	const metadata = { annotations: { [FORCE]: word } };
	world.kubectl(plane, "merge", LEASE, { ...at, body: { metadata } });
}

/** Who has the grant of a region, as one API server shows it; undefined: it shows none. */
export function holderOf(
	world: World,
	plane: ControlPlane,
	of: RegionName,
): unknown {
	const name = grantName(of, twinOf(of));
	const at = { namespace: OPERATOR_NAMESPACE, name };
	return valueAt(
		world.kubectl(plane, "get", LEASE, at),
		"spec",
		"holderIdentity",
	);
}

/** Until the hub shows what was forced, or has forgotten the grants that it kept. What was not carried out is taken back. */
export async function untilTold(world: World, lost: RegionName): Promise<void> {
	const region = twinOf(lost);
	const isForced = () =>
		holderOf(world, world.regions[region], lost) === region;
	const isTold = () =>
		world.hub.alive && holderOf(world, world.hub, lost) !== lost;
	const plane = world.regions[region];
	while (!plane.alive || (isForced() && !isTold()))
		await world.clock.sleep(1_000);
	if (!isForced()) sayForced(world, lost, null);
}

export interface Move {
	readonly type: "Switchover" | "Failover";
	readonly to?: RegionName;
	/** The TwinService's status.epoch when left out. */
	readonly ifEpoch?: number;
}

/** Returns the name of the operation; undefined when there is no such service. */
export function move(
	world: World,
	service: string,
	{ type, to, ifEpoch }: Move,
): string | undefined {
	const found = world.truth.services.get(service);
	if (!found) return undefined;
	const nth = world.truth.operations.size + 1;
	const epoch = ifEpoch ?? Number(valueAt(found, "status", "epoch") ?? 0);
	const name = `${service}-${type.toLowerCase()}-${Math.round(world.clock.now())}-${nth}`;
	const forced =
		type === "Failover" ? { acknowledgeDataLoss: true, ifEpoch: epoch } : {};
	const body = {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinOperation",
		metadata: { name, namespace: NAMESPACE },
		spec: { type, service, ...(to ? { to } : {}), ...forced },
	};
	world.journal.say("user", `asks for ${name} ${JSON.stringify(body.spec)}`);
	world.kubectl(world.hub, "create", TWIN_OPERATION, {
		namespace: NAMESPACE,
		body,
	});
	return name;
}
