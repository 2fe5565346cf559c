/** Every version of an object, told by the API server: none is missed between two looks. */
import type { KubeObject } from "../../src/api/object.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import type { Application } from "./argocd-objects.ts";

export interface Recording<T> {
	/** Ends it. Every version from its beginning until now, oldest first. */
	stop(): Promise<readonly T[]>;
}

const APPLICATIONS =
	"/apis/argoproj.io/v1alpha1/namespaces/argocd/applications";

/** Of an Application, or of an object in another collection. */
export async function record<T extends KubeObject = Application>(
	cluster: RealCluster,
	name: string,
	collection = APPLICATIONS,
): Promise<Recording<T>> {
	const { body } = await cluster.request("GET", `${collection}/${name}`);
	const seen: T[] = [body];
	let version: string = body.metadata.resourceVersion;
	let over = false;
	const look = async (seconds: number) => {
		const query = `watch=1&timeoutSeconds=${seconds}&resourceVersion=${version}&fieldSelector=metadata.name%3D${name}`;
		const answer = await cluster.request("GET", `${collection}?${query}`);
		for (const { type, object } of linesOf<T>(answer.body)) {
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

interface Line<T> {
	readonly type: string;
	readonly object: T;
}

/** One line alone is parsed already. */
const linesOf = <T>(body: string | Line<T>): Line<T>[] =>
	typeof body === "string"
		? body
				.split("\n")
				.filter((it) => it !== "")
				.map((it) => JSON.parse(it))
		: [body];

/** Of each version, what differs from the one before. */
export const changesOf = <T, V>(seen: readonly T[], of: (it: T) => V): V[] =>
	seen.map(of).filter((it, at, all) => at === 0 || it !== all[at - 1]);
