/** Everything that was to be seen of one object, told again by the API server. */
import type { TwinService } from "../../src/api/types.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";

export interface Moment {
	readonly type: "ADDED" | "MODIFIED" | "DELETED";
	readonly object: TwinService;
}

const SERVICES = "/apis/twin-operator.dev/v1alpha1/namespaces";

/** Where the history begins: to be asked before the object is created. */
export const start = (hub: RealCluster, ns: string): Promise<string> =>
	// A kind that was defined a moment ago is not served at once.
	until("TwinServices to be listed", async () => {
		const { body } = await hub.request("GET", `${SERVICES}/${ns}/twinservices`);
		return body.metadata?.resourceVersion as string | undefined;
	});

/**
 * A watch from the past gets every version there was, also those that a watch
 * of the moment would have been too late for.
 */
export async function history(
	hub: RealCluster,
	ns: string,
	since: string,
): Promise<Moment[]> {
	const query = `watch=1&timeoutSeconds=2&resourceVersion=${since}`;
	const path = `${SERVICES}/${ns}/twinservices?${query}`;
	const { status, body } = await hub.request("GET", path);
	if (status !== 200) throw new Error(`${path}: ${status} ${body?.message}`);
	// One line alone is parsed already.
	if (typeof body !== "string") return [body];
	const lines = body.split("\n").filter((it) => it !== "");
	return lines.map((it) => JSON.parse(it));
}

/** Before that the CRD's own default says that nobody has looked yet. */
export const isSpoken = ({ object }: Moment): boolean =>
	(object.status?.observedGeneration ?? -1) >= 0;

/**
 * What is wrong with a status by the rules of kstatus, on which `kubectl wait`,
 * Helm, Flux and Argo CD rely.
 */
export function faultsOf({ object }: Moment): string[] {
	const { metadata, status } = object;
	const { generation = 0 } = metadata;
	const observed = status?.observedGeneration ?? 0;
	const conditions = status?.conditions ?? [];
	const is = (type: string) =>
		conditions.find((it) => it.type === type)?.status === "True";
	const suspended = conditions.some((it) => it.reason === "Suspended");
	const said = ["Ready", "Reconciling", "Stalled"].filter(is).length;
	const checks: readonly (readonly [boolean, string])[] = [
		[observed > generation, "speaks of a generation that is not there yet"],
		[said > 1, "says two of Ready, Reconciling and Stalled"],
		[said === 0 && !suspended, "says none of Ready, Reconciling and Stalled"],
		[is("Ready") && !is("Available"), "is Ready and does not serve"],
		[is("Ready") && !is("Synced"), "is Ready and not in step"],
		[
			conditions.some((it) => it.observedGeneration !== observed),
			"has conditions of another generation",
		],
		[
			conditions.some((it) => it.reason === "" || it.lastTransitionTime === ""),
			"has a condition without reason or time",
		],
	];
	return checks
		.filter(([wrong]) => wrong)
		.map(([, what]) => `generation ${generation} ${what}`);
}
