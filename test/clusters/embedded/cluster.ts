import type { TestCluster } from "../cluster.ts";
import { realClock } from "./clock.ts";
import { ControlPlane } from "./control-plane.ts";
import { type Front, openFront } from "./front.ts";
import type { AskAgent } from "./gate.ts";
import type { Dict } from "./json.ts";
import type { Delays } from "./kubelet.ts";

export interface EmbeddedOptions {
	readonly name: string;
	readonly seed?: number;
	readonly delays?: Partial<Delays>;
	readonly bookmarkMs?: number;
	readonly crds?: readonly Dict[];
	/** How pods ask an agent; without it no gate holds them. */
	readonly askAgent?: AskAgent;
}

export interface EmbeddedTestCluster extends TestCluster {
	readonly plane: ControlPlane;
	readonly front: Front;
}

let started = 0;

/** An embedded control plane behind HTTPS on loopback, on the machine's own time. */
export async function startEmbedded(
	options: EmbeddedOptions,
): Promise<EmbeddedTestCluster> {
	started += 1;
	const plane = new ControlPlane({
		...options,
		clock: realClock,
		seed: options.seed ?? started,
	});
	const front = await openFront(plane);
	return {
		name: options.name,
		url: front.url,
		kubeconfig: front.kubeconfig,
		plane,
		front,
		die: async () => {
			plane.die();
			await front.close();
		},
		revive: async () => {
			plane.revive();
			await front.open();
		},
		stop: async () => {
			plane.die();
			await front.close();
		},
	};
}
