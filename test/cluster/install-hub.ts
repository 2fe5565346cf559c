/** What an administrator gives a hub before its operator starts. */
import { access, crds, registration } from "../clusters/install.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { apply } from "./world.ts";

/** CRDs, credentials and registrations. */
export async function installHub(
	hub: RealCluster,
	regions: Record<string, { readonly kubeconfig: string }>,
	agent: "None" | "External" = "None",
	namespace?: string,
): Promise<void> {
	await apply(hub, ...crds());
	const names = crds().map((it) => it.metadata.name ?? "");
	await untilEstablished(hub, names);
	const kubeconfigs = Object.entries(regions).map(
		([name, it]) => [name, it.kubeconfig] as const,
	);
	await apply(hub, ...access(Object.fromEntries(kubeconfigs), namespace));
	await apply(
		hub,
		...Object.keys(regions).map((name) => registration(name, agent)),
	);
}

/** `kubectl wait` fails at once on a CRD that has no conditions yet, so it is asked again. */
export async function untilEstablished(
	hub: RealCluster,
	names: readonly string[],
): Promise<void> {
	const wait = ["wait", "--for=condition=Established", "--timeout=60s", "crd"];
	await until("the CRDs to be served", async () =>
		hub.kubectl([...wait, ...names]),
	);
}
