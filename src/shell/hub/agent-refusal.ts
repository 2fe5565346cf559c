/** What keeps the hub from installing an agent, in words. */
import type { Problem } from "../../core/hub/problem.ts";
import type { Answer } from "../port.ts";

export const notAnswering = (region: string): Problem => ({
	reason: "Unreachable",
	message: `${region} does not answer. Look at the cluster and the network to it.`,
});

/** `words`: of the server, which name the right that is missing. */
export function refused(region: string, what: string, words: string): Problem {
	return {
		reason: "InstallRefused",
		message: `${what}: ${words.trim().replace(/\.$/, "")}. What runs in ${region} goes on. If a right is missing there, give it: kubectl twin register ${region} --agent Managed --kubeconfig-of CONTEXT, or Helm with access.managed=true.`,
	};
}

export const refusedByHub = (
	region: string,
	what: string,
	words: string,
): Problem => ({
	reason: "InstallRefused",
	message: `${what}: ${words.trim().replace(/\.$/, "")}. Name ${region} in the chart's value hub.managed.regions, which makes this account and gives the hub its tokens.`,
});

/** Absent is no fault. */
export function faultOf(
	answer: Answer<unknown>,
	region: string,
	what: string,
): Problem | undefined {
	if (answer.kind === "ok") return undefined;
	if (answer.kind !== "refused") return notAnswering(region);
	return answer.status === 404
		? undefined
		: refused(region, `${what} cannot be read`, answer.message);
}
