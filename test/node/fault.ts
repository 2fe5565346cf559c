/** What may be broken at a region while it is told no. */
import { until } from "../clusters/wait.ts";
import type { Region } from "./region.ts";

export interface Fault {
	readonly name: string;
	/** Right before it is told no. */
	begin?(region: Region): Promise<void> | void;
	/** Right after. */
	meanwhile?(region: Region): void;
	/** Once its twin runs. */
	end?(region: Region): Promise<void> | void;
	/**
	 * A start that was under way is carried out when the fault ends; nothing
	 * outside the kubelet can take it back, and the gate can only end it at
	 * once. Default 0.
	 */
	readonly straySeconds?: number;
}

/** The gate kills twenty times a second; the rest is for a busy machine. */
const STRAY_SECONDS = 1;

export const FAULTS: readonly Fault[] = [
	{ name: "nothing is broken" },
	{
		name: "API server killed",
		begin: ({ cluster }) => cluster.die(),
		end: ({ cluster }) => cluster.revive(),
	},
	{
		name: "API server frozen",
		begin: ({ cluster }) => cluster.pause(),
		end: ({ cluster }) => cluster.resume(),
	},
	{
		name: "kubelet restarted, API server dead",
		async begin({ cluster, node }) {
			await cluster.die();
			await node.kill("kubelet");
		},
		meanwhile: ({ node }) => node.restart("kubelet"),
		end: ({ cluster }) => cluster.revive(),
	},
	{
		name: "kubelet frozen",
		begin: ({ node }) => node.pause("kubelet"),
		end: ({ node }) => node.resume("kubelet"),
	},
	{
		name: "containerd frozen",
		begin: ({ node }) => node.pause("containerd"),
		end: ({ node }) => node.resume("containerd"),
	},
	{
		name: "kubelet frozen as it starts apps",
		async begin(region) {
			await startingApps(region);
			region.node.pause("kubelet");
		},
		straySeconds: STRAY_SECONDS,
		end: ({ node }) => node.resume("kubelet"),
	},
	{
		name: "containerd frozen as it starts apps",
		async begin(region) {
			await startingApps(region);
			region.node.pause("containerd");
		},
		straySeconds: STRAY_SECONDS,
		end: ({ node }) => node.resume("containerd"),
	},
];

/**
 * Replaces all pods, and resolves when the kubelet has seen the first of the
 * new gates open: now it starts the app, and nobody looks at the gate again
 * before that is done.
 */
async function startingApps({ cluster }: Region): Promise<void> {
	const path = "/api/v1/namespaces/default/pods";
	const before = new Set((await podsAt()).map((it) => it.metadata.uid));
	await cluster.request("DELETE", `${path}?gracePeriodSeconds=0`);
	await until(
		"a gate to open",
		async () =>
			(await podsAt()).some(
				(it) =>
					!before.has(it.metadata.uid) &&
					it.status.initContainerStatuses?.some((gate) => gate.started),
			),
		{ everyMs: 10 },
	);

	async function podsAt(): Promise<Pod[]> {
		return (await cluster.request("GET", path)).body.items;
	}
}

interface Pod {
	readonly metadata: { readonly uid: string };
	readonly status: {
		readonly initContainerStatuses?: readonly { readonly started?: boolean }[];
	};
}
