/**
 * Says which right is missing. Most refusals are taken for "nothing is known",
 * as safety asks for; without this nobody would hear that a role was edited, and
 * why services wait. Around the Api, so that no call can be forgotten.
 */
import type {
	Answer,
	Api,
	Call,
	Clock,
	Connector,
	Log,
	Metrics,
} from "./port.ts";

interface RightsDeps {
	readonly clock: Pick<Clock, "now">;
	readonly log: Log;
	readonly metrics?: Metrics;
}

/** One line for each right in this time: it would be one for each service and period. */
const AGAIN_MS = 10 * 60_000;
/**
 * How RBAC refuses. Quotas and admission answer 403 too, and mean something
 * else. The verb is read of it because a server-side apply needs two; only
 * these, since a region may answer anything.
 */
const BY_RIGHTS =
	/ cannot (get|list|watch|create|update|patch|delete) resource "/;

function lackIn(
	answer: Answer<unknown> | undefined,
): { readonly verb: string; readonly message: string } | undefined {
	if (answer?.kind !== "refused" || answer.status !== 403) return undefined;
	const { message } = answer;
	const verb = BY_RIGHTS.exec(message)?.[1];
	return verb === undefined ? undefined : { verb, message };
}

/** `place`: whose API server, as logs call it: a TwinCluster's name, or `hub`. */
export function sayingRights(
	api: Api,
	place: string,
	{ clock, log, metrics }: RightsDeps,
): Api {
	const saidAtMs = new Map<string, number>();
	/** By what was asked: labels of the right that was missing. */
	const missing = new Map<string, Record<string, string>>();

	function hear(
		{ resource, subresource }: Pick<Call, "resource" | "subresource">,
		verb: string,
		answer: Answer<unknown> | undefined,
	): void {
		const lack = lackIn(answer);
		// Nearly every request of the operator ends here.
		if (!lack && missing.size === 0) return;
		const { group, plural } = resource;
		const what = subresource ? `${plural}/${subresource}` : plural;
		const right = `${verb} ${group} ${what}`;
		if (!lack) {
			const labels = missing.get(right);
			if (!labels || answer?.kind === "silent") return;
			missing.delete(right);
			metrics?.drop("twin_operator_right_missing", labels);
			return;
		}
		const labels = { cluster: place, verb: lack.verb, resource: what };
		missing.set(right, labels);
		metrics?.set("twin_operator_right_missing", labels, 1);
		const now = clock.now();
		const before = saidAtMs.get(right);
		if (before !== undefined && now - before < AGAIN_MS) return;
		saidAtMs.set(right, now);
		log.warn(
			{ cluster: place },
			`a right of the operator is missing at ${place}: ${lack.message}: give it back as the chart and docs/install have it; until then what needs it waits`,
		);
	}

	return {
		async request<T>(call: Call) {
			const answer = await api.request<T>(call);
			hear(call, call.verb, answer);
			return answer;
		},
		async watch(call) {
			const end = await api.watch(call);
			hear(call, "watch", end.kind === "failed" ? end.answer : undefined);
			return end;
		},
		close() {
			// Other credentials may have them.
			for (const labels of missing.values())
				metrics?.drop("twin_operator_right_missing", labels);
			api.close();
		},
	};
}

const sayingRightsOf = (
	{ connect }: Connector,
	deps: RightsDeps,
): Connector => ({
	connect(region, kubeconfig) {
		const made = connect(region, kubeconfig);
		return "api" in made
			? { ...made, api: sayingRights(made.api, region, deps) }
			: made;
	},
});

/** All that the hub talks to. */
export const withRightsSaid = <
	D extends RightsDeps & {
		readonly api: Api;
		readonly witnessApi?: Api;
		readonly connector: Connector;
	},
>(
	deps: D,
): D => ({
	...deps,
	api: sayingRights(deps.api, "hub", deps),
	connector: sayingRightsOf(deps.connector, deps),
	...(deps.witnessApi
		? { witnessApi: sayingRights(deps.witnessApi, "witness", deps) }
		: {}),
});
