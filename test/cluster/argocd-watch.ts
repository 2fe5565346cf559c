/** Every version of an Application, told by the API server: none is missed between two looks. */
import type { RealCluster } from "../clusters/real/cluster.ts";
import type { Application } from "./argocd-objects.ts";

export interface Recording {
	/** Ends it. Every version from its beginning until now, oldest first. */
	stop(): Promise<readonly Application[]>;
}

const APPLICATIONS =
	"/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";

export async function record(
	hub: RealCluster,
	name: string,
): Promise<Recording> {
	const { body } = await hub.request("GET", `${APPLICATIONS}/${name}`);
	const seen: Application[] = [body];
	let version: string = body.metadata.resourceVersion;
	let over = false;
	const look = async (seconds: number) => {
		const query = `watch=1&timeoutSeconds=${seconds}&resourceVersion=${version}&fieldSelector=metadata.name%3D${name}`;
		const answer = await hub.request("GET", `${APPLICATIONS}?${query}`);
		for (const { type, object } of linesOf(answer.body)) {
			if (type === "ERROR") throw new Error(JSON.stringify(object));
			seen.push(object);
			version = object.metadata.resourceVersion ?? version;
		}
	};
	const looking = (async () => {
		while (!over) await look(5);
		// What happened while the last answer was on its way.
		await look(1);
	})();
	// It is thrown where the recording is ended.
	looking.catch(() => {});
	return {
		stop: async () => {
			over = true;
			await looking;
			return seen;
		},
	};
}

interface Line {
	readonly type: string;
	readonly object: Application;
}

/** One line alone is parsed already. */
const linesOf = (body: string | Line): Line[] =>
	typeof body === "string"
		? body
				.split("\n")
				.filter((it) => it !== "")
				.map((it) => JSON.parse(it))
		: [body];

/** Of each version, what differs from the one before. */
export const changesOf = (
	seen: readonly Application[],
	of: (it: Application) => string | undefined,
): (string | undefined)[] =>
	seen.map(of).filter((it, at, all) => at === 0 || it !== all[at - 1]);
