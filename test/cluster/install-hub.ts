/** What an administrator gives a hub before its operator starts. */
import { access, crds, registration } from "../clusters/install.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { apply } from "./world.ts";

/** CRDs, credentials and registrations. */
export async function installHub(
	hub: RealCluster,
	regions: Record<string, { readonly kubeconfig: string }>,
	agent: "None" | "External" = "None",
): Promise<void> {
	await apply(hub, ...crds());
	const names = crds().map((it) => it.metadata.name ?? "");
	const wait = ["wait", "--for=condition=Established", "--timeout=60s", "crd"];
	await hub.kubectl([...wait, ...names]);
	const kubeconfigs = Object.entries(regions).map(
		([name, it]) => [name, it.kubeconfig] as const,
	);
	await apply(hub, ...access(Object.fromEntries(kubeconfigs)));
	await apply(
		hub,
		...Object.keys(regions).map((name) => registration(name, agent)),
	);
}
