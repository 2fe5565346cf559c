/** Moves of a service, as a person asks for them, and what is to be seen of them. */
import type { KubeObject } from "../../src/api/object.ts";
import type {
	TwinOperation,
	TwinOperationSpec,
	TwinSideStatus,
} from "../../src/api/types.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { apply, get, isTrue, operation, side, type World } from "./world.ts";

/** Creates a TwinOperation and waits until it is complete or has failed. */
export async function operate(
	world: World,
	ns: string,
	name: string,
	spec: Partial<TwinOperationSpec>,
): Promise<TwinOperation> {
	await ask(world, ns, name, spec);
	return untilOver(world, ns, name);
}

export const ask = (
	world: World,
	ns: string,
	name: string,
	spec: Partial<TwinOperationSpec>,
): Promise<void> =>
	apply(world.hub, {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinOperation",
		metadata: { namespace: ns, name },
		spec: { type: "Switchover", service: "web", ...spec },
	});

export const untilOver = (
	world: World,
	ns: string,
	name: string,
): Promise<TwinOperation> =>
	until(
		`TwinOperation ${ns}/${name} to be over`,
		async () => {
			const it = await operation(world, ns, name);
			if (it && (isTrue(it, "Complete") || isTrue(it, "Failed"))) return it;
			throw new Error(JSON.stringify(it?.status ?? null));
		},
		{ timeoutMs: 120_000, everyMs: 250 },
	);

/** Role and epoch, such as `Active 1`; undefined where there is no side. */
export async function roleIn(
	cluster: RealCluster,
	ns: string,
	name = "web",
): Promise<string | undefined> {
	const status = (await side(cluster, ns, name))?.status;
	return status && `${status.role} ${status.epoch}`;
}

export const untilRole = (
	cluster: RealCluster,
	ns: string,
	role: TwinSideStatus["role"],
): Promise<TwinSideStatus> =>
	until(`${ns} to be ${role} in ${cluster.name}`, async () => {
		const status = (await side(cluster, ns))?.status;
		if (status?.role === role) return status;
		throw new Error(JSON.stringify(status ?? null));
	});

export async function pods(
	cluster: RealCluster,
	ns: string,
): Promise<KubeObject[]> {
	const path = `/api/v1/namespaces/${ns}/pods`;
	const list = await get<{ items: KubeObject[] }>(cluster, path);
	return list?.items ?? [];
}

interface Event {
	type: string;
	reason: string;
	message: string;
	involvedObject: { kind: string; name: string };
}

/** Events about the service itself. */
export async function events(world: World, ns: string): Promise<Event[]> {
	const path = `/api/v1/namespaces/${ns}/events`;
	const list = await get<{ items: Event[] }>(world.hub, path);
	return (list?.items ?? []).filter(
		(it) => it.involvedObject.kind === "TwinService",
	);
}

export const uid = (it: { metadata: { uid?: string } }) => it.metadata.uid;

export const failover = (ifEpoch: number) =>
	({ type: "Failover", ifEpoch, acknowledgeDataLoss: true }) as const;

/** Between two times as the API writes them. */
export const seconds = (from = "", to = ""): number =>
	(Date.parse(to) - Date.parse(from)) / 1_000;
