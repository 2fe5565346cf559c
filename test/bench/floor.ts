/**
 * The floor: a program of its own that makes the writes the operator makes
 * for N new services, and for moving them all to the other region, over
 * keep-alive connections, with no logic, no reads and no checks. What the API
 * servers take for these writes is what no operator can go below.
 *
 * Arguments: hub, north and south kubeconfig files, N, namespace, width.
 * Prints one JSON line: seconds, cpuSeconds, residentBytes, writes, and
 * moveSeconds, moveWrites.
 */
import { readFileSync } from "node:fs";
import { manifests, service, serviceName } from "./load.ts";
import { connect, each, type Raw } from "./raw.ts";

const PLURALS: Record<string, string> = {
	ConfigMap: "/api/v1/namespaces/NS/configmaps",
	Secret: "/api/v1/namespaces/NS/secrets",
	Service: "/api/v1/namespaces/NS/services",
	PodDisruptionBudget: "/apis/policy/v1/namespaces/NS/poddisruptionbudgets",
	Deployment: "/apis/apps/v1/namespaces/NS/deployments",
	CronJob: "/apis/batch/v1/namespaces/NS/cronjobs",
	HorizontalPodAutoscaler:
		"/apis/autoscaling/v2/namespaces/NS/horizontalpodautoscalers",
};
const TWIN = "/apis/twin-operator.dev/v1alpha1/namespaces/NS";
const MERGE = "application/merge-patch+json";

const [hubFile, northFile, southFile, count, namespace, width] =
	process.argv.slice(2);
if (!hubFile || !northFile || !southFile || !namespace) {
	throw new Error("usage: floor.ts HUB NORTH SOUTH N NAMESPACE WIDTH");
}
const parallel = Number(width ?? 32);
const open = (file: string) => connect(readFileSync(file, "utf8"), parallel);
const hub = open(hubFile);
const regions: [Raw, Raw] = [open(northFile), open(southFile)];
let writes = 0;

async function write(
	to: Raw,
	method: string,
	path: string,
	body: unknown,
	type?: string,
) {
	writes += 1;
	await to.send(method, path.replace("NS", namespace as string), body, type);
}

async function placeSide(name: string, at: 0 | 1): Promise<void> {
	const raw = regions[at];
	const own = at === 0 ? "north" : "south";
	const side = `${TWIN}/twinsides/${name}`;
	await write(raw, "POST", `${TWIN}/twinsides`, {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinSide",
		metadata: { namespace, name },
		spec: {
			installation: "floor",
			region: own,
			twin: at === 0 ? "south" : "north",
			home: "north",
			policy: "Available",
			standby: { mode: "Cold" },
			objects: manifests(name),
			hash: "0123456789abcdef",
			deletionPolicy: "Delete",
		},
	});
	if (at === 0) {
		const wish = { to: "north", ifEpoch: 0 };
		await write(raw, "PATCH", side, { spec: { wish } }, MERGE);
		const status = { role: "Active", epoch: 1 };
		await write(raw, "PATCH", `${side}/status`, { status }, MERGE);
	}
	for (const object of manifests(name)) {
		if (at === 1 && object.kind === "HorizontalPodAutoscaler") continue;
		object.metadata.namespace = namespace as string;
		await write(raw, "POST", PLURALS[object.kind] ?? "", object);
	}
	const status = { hash: "0123456789abcdef", ready: 0, desired: 1 };
	await write(raw, "PATCH", `${side}/status`, { status }, MERGE);
}

async function place(at: number): Promise<void> {
	const name = serviceName(at);
	await write(
		hub,
		"POST",
		`${TWIN}/twinservices`,
		service(namespace as string, name),
	);
	const status = `${TWIN}/twinservices/${name}/status`;
	const patch = (epoch: number) =>
		write(hub, "PATCH", status, { status: { epoch } }, MERGE);
	await patch(0);
	await Promise.all([placeSide(name, 0), placeSide(name, 1)]);
	await patch(1);
}

/** Role, workload, CronJob, autoscaler; then what the side and the service say of it. */
async function move(at: number): Promise<void> {
	const name = serviceName(at);
	const south = regions[1];
	const side = `${TWIN}/twinsides/${name}/status`;
	const patch = (to: Raw, path: string, body: unknown) =>
		write(to, "PATCH", path, body, MERGE);
	await patch(south, side, { status: { role: "Active", epoch: 2 } });
	const pathOf = (kind: string) => PLURALS[kind] ?? "";
	await patch(south, `${pathOf("Deployment")}/${name}`, {
		spec: { replicas: 2 },
	});
	await patch(south, `${pathOf("CronJob")}/${name}`, {
		spec: { suspend: true },
	});
	const autoscaler = manifests(name).find(
		(it) => it.kind === "HorizontalPodAutoscaler",
	);
	await write(south, "POST", pathOf("HorizontalPodAutoscaler"), autoscaler);
	await patch(south, side, { status: { desired: 2 } });
	await patch(hub, `${TWIN}/twinservices/${name}/status`, {
		status: { epoch: 2 },
	});
}

async function timed(work: (at: number) => Promise<void>): Promise<number> {
	const from = performance.now();
	await each(Number(count), parallel, work);
	return (performance.now() - from) / 1000;
}

const seconds = await timed(place);
const { user, system } = process.cpuUsage();
const placed = writes;
const moveSeconds = await timed(move);
console.log(
	JSON.stringify({
		seconds,
		cpuSeconds: (user + system) / 1e6,
		residentBytes: process.memoryUsage.rss(),
		writes: placed,
		moveSeconds,
		moveWrites: writes - placed,
	}),
);
hub.close();
for (const region of regions) region.close();
