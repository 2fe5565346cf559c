/** Three control planes and the operator, up and ready, and how all of it is taken down again. */
import { systemClock } from "../src/adapters/clock.ts";
import { connectTrusted } from "../src/adapters/trusted.ts";
import { CRD, NAMESPACE, SECRET } from "../src/api/kind.ts";
import type { KubeObject } from "../src/api/object.ts";
import type { Api } from "../src/shell/port.ts";
import type { TestCluster } from "../test/clusters/cluster.ts";
import { access, crds } from "../test/clusters/install.ts";
import { type Operator, startOperator } from "../test/clusters/operator.ts";
import { apply, waitFor } from "./kube.ts";
import { say } from "./screen.ts";

export const REGIONS = ["north", "south"] as const;

export interface Stage {
	readonly hub: TestCluster;
	readonly regions: Readonly<Record<string, TestCluster>>;
	/** The hub, as a user of the demo sees it. */
	readonly api: Api;
	readonly operator: Operator;
	close(): Promise<void>;
}

export async function openStage(real: boolean): Promise<Stage> {
	say(
		real
			? "starting three real control planes: hub, north, south"
			: "starting three embedded control planes: hub, north, south (--real for real ones)",
	);
	const starter = real
		? (await import("../test/clusters/real/cluster.ts")).startCluster
		: (await import("../test/clusters/embedded/cluster.ts")).startEmbedded;
	const clusters: TestCluster[] = [];
	const apis: Api[] = [];
	let operator: Operator | undefined;
	const close = async () => {
		await operator?.stop();
		for (const api of apis) api.close();
		await Promise.all(clusters.map((it) => it.stop()));
	};
	try {
		clusters.push(
			...(await Promise.all(
				["hub", ...REGIONS].map((name) => starter({ name })),
			)),
		);
		const [hub, north, south] = clusters;
		if (!hub || !north || !south) throw new Error("a cluster is missing");
		for (const it of clusters)
			say(`  ${it.name.padEnd(5)} answers on ${it.url}`);
		const api = connectTrusted(hub.kubeconfig, systemClock);
		apis.push(api);
		await install(api, { north, south });
		operator = startOperator({
			command: "hub",
			kubeconfig: hub.kubeconfig,
			flags: ["--profile", "Fast"],
		});
		say(
			"operator started: a process of its own, profile Fast (a loss is certain after 11.2 s)",
		);
		return { hub, regions: { north, south }, api, operator, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** CRDs, the operator's namespace, and the two regions' credentials: what an administrator does once. */
async function install(
	api: Api,
	regions: Record<string, TestCluster>,
): Promise<void> {
	for (const crd of crds()) {
		await apply(api, CRD, crd);
		const name = crd.metadata.name ?? "";
		await waitFor<KubeObject>(
			api,
			{ resource: CRD, name },
			`CRD ${name} is served`,
			30,
			established,
		);
	}
	const kubeconfigs = Object.entries(regions).map(
		([name, it]) => [name, it.kubeconfig] as const,
	);
	for (const object of access(Object.fromEntries(kubeconfigs))) {
		await apply(api, object.kind === "Secret" ? SECRET : NAMESPACE, object);
	}
	say(
		"installed on the hub: the CRDs, and a Secret with the kubeconfig of each region",
	);
}

function established(crd: KubeObject): boolean {
	const status = crd.status as
		| { conditions?: { type: string; status: string }[] }
		| undefined;
	return (
		status?.conditions?.some(
			(it) => it.type === "Established" && it.status === "True",
		) ?? false
	);
}
