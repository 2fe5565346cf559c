/**
 * Says which right is missing. Most refusals are taken for "nothing is known",
 * as safety asks for; without this nobody would hear that a role was edited, and
 * why services wait. Around the Api, so that no call can be forgotten.
 */
import type { Answer, Api, Call, Clock, Connector, Log } from "./port.ts";

interface RightsDeps {
	readonly clock: Pick<Clock, "now">;
	readonly log: Log;
}

/** One line for each right in this time: it would be one for each service and period. */
const AGAIN_MS = 10 * 60_000;
/** How RBAC refuses. Quotas and admission answer 403 too, and mean something else. */
const BY_RIGHTS = / cannot \w+ resource "/;

/** `place`: whose API server, as logs call it: a TwinCluster's name, or `hub`. */
export function sayingRights(
	api: Api,
	place: string,
	{ clock, log }: RightsDeps,
): Api {
	const saidAtMs = new Map<string, number>();

	function hear(
		{ resource, subresource }: Pick<Call, "resource" | "subresource">,
		verb: string,
		answer: Answer<unknown>,
	): void {
		if (answer.kind !== "refused" || answer.status !== 403) return;
		if (!BY_RIGHTS.test(answer.message)) return;
		const right = [verb, resource.group, resource.plural, subresource].join();
		const now = clock.now();
		const before = saidAtMs.get(right);
		if (before !== undefined && now - before < AGAIN_MS) return;
		saidAtMs.set(right, now);
		log.warn(
			{ cluster: place },
			`a right of the operator is missing at ${place}: ${answer.message}: give it back as the chart and docs/install have it; until then what needs it waits`,
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
			if (end.kind === "failed") hear(call, "watch", end.answer);
			return end;
		},
		close: () => api.close(),
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
