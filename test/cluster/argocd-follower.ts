/** The ApplicationSet that this project ships, and where its Application is. */
import type { KubeObject } from "../../src/api/object.ts";
import { yaml } from "../clusters/install.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { type GitOps, healthOf, syncOf } from "./argocd-world.ts";
import { apply, get, pathOf } from "./world.ts";

interface ApplicationSet extends KubeObject {
	readonly spec: { readonly template: { spec: { source: object } } };
	readonly status?: {
		readonly conditions?: readonly {
			readonly type: string;
			readonly status: string;
			readonly message: string;
		}[];
	};
}

/** As docs/argocd/applicationset.yaml has it, but for the repository. */
export const applyApplicationSet = ({ world, git }: GitOps): Promise<void> =>
	apply(
		world.hub,
		...yaml("docs/argocd/applicationset.yaml").map((it) => {
			if (it.kind !== "ApplicationSet") return it;
			const set = structuredClone(it) as ApplicationSet;
			Object.assign(set.spec.template.spec.source, { repoURL: git.url });
			return set;
		}),
	);

/** Its controller has read the decisions, and made of them what there is to make. */
export const untilGenerated = ({ world }: GitOps): Promise<unknown> =>
	until("the ApplicationSet to be up to date", async () => {
		const path =
			"/apis/argoproj.io/v1alpha1/namespaces/argocd/applicationsets/edge";
		const { status } = (await get<ApplicationSet>(world.hub, path)) ?? {};
		const is = (type: string) =>
			status?.conditions?.find((it) => it.type === type)?.status === "True";
		if (is("ParametersGenerated") && is("ResourcesUpToDate")) return true;
		throw new Error(JSON.stringify(status ?? null));
	});

/** What the generated Application delivers. */
export const follower = (region: RealCluster) =>
	get(region, pathOf.configMap("edge", "follower"));

export async function untilFollower(
	ops: GitOps,
	region: RealCluster,
): Promise<void> {
	const there = `in ${region.name}`;
	await ops.untilApp(
		"edge-follower",
		there,
		(it) =>
			it.spec.destination.name === region.name &&
			it.status?.sync?.comparedTo?.destination.name === region.name &&
			syncOf(it) === "Synced" &&
			healthOf(it) === "Healthy",
	);
	await until(`its ConfigMap ${there}`, () => follower(region));
}
