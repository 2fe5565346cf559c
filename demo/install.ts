/** What an administrator does once in each place; the chart does it too. */
import { systemClock } from "../src/adapters/clock.ts";
import { connectTrusted } from "../src/adapters/trusted.ts";
import { CRD, NAMESPACE, SECRET } from "../src/api/kind.ts";
import type { KubeObject } from "../src/api/object.ts";
import type { Api } from "../src/shell/port.ts";
import type { TestCluster } from "../test/clusters/cluster.ts";
import { access, crds } from "../test/clusters/install.ts";
import { apply, waitFor } from "./kube.ts";

/** CRDs, the operator's namespace, and the regions' credentials. */
export async function installHub(
	api: Api,
	regions: Record<string, TestCluster>,
): Promise<void> {
	await define(api, crds());
	const kubeconfigs = Object.entries(regions).map(
		([name, it]) => [name, it.kubeconfig] as const,
	);
	await applyAll(api, access(Object.fromEntries(kubeconfigs)));
}

/** What its agent needs: one CRD, and the namespace of the grants. */
export async function installRegion(region: TestCluster): Promise<void> {
	const api = connectTrusted(region.kubeconfig, systemClock);
	try {
		await define(
			api,
			crds().filter((it) => it.metadata.name?.startsWith("twinsides.")),
		);
		await applyAll(api, access({}));
	} finally {
		api.close();
	}
}

async function applyAll(
	api: Api,
	objects: readonly KubeObject[],
): Promise<void> {
	for (const it of objects)
		await apply(api, it.kind === "Secret" ? SECRET : NAMESPACE, it);
}

async function define(
	api: Api,
	definitions: readonly KubeObject[],
): Promise<void> {
	for (const crd of definitions) {
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
