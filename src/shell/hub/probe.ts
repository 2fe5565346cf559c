/**
 * Asks an API server every R whether it lives, with credentials and a deadline.
 * A loop of its own: nothing else that the hub does in the region delays it.
 */
import { NAMESPACE } from "../../api/kind.ts";
import type { Outcome, Probe, Timing } from "../../core/hub/loss.ts";
import type { Answer, Api, Clock } from "../port.ts";

export interface ProbeOptions {
	readonly api: Api;
	readonly clock: Clock;
	readonly timing: Timing;
	readonly signal: AbortSignal;
	/** `uid`: of kube-system, by which a cluster is known again. */
	readonly onProbe: (probe: Probe, uid: string | undefined) => void;
}

export async function probing(options: ProbeOptions): Promise<void> {
	const { clock, timing, signal } = options;
	while (!signal.aborted) {
		const sentMs = clock.now();
		const answer = await options.api.request({
			verb: "get",
			resource: NAMESPACE,
			name: "kube-system",
			timeoutMs: timing.requestMs,
			urgent: true,
			signal,
		});
		if (signal.aborted) return;
		const receivedMs = clock.now();
		options.onProbe(
			{ sentMs, receivedMs, outcome: outcomeOf(answer) },
			answer.kind === "ok" ? answer.body.metadata?.uid : undefined,
		);
		await clock.sleep(
			Math.max(0, sentMs + timing.periodMs - clock.now()),
			signal,
		);
	}
}

export function outcomeOf(answer: Answer): Outcome {
	switch (answer.kind) {
		case "ok":
			return answer.body?.metadata?.uid
				? { kind: "alive" }
				: { kind: "nonsense", message: "the answer is no Namespace" };
		case "refused":
			return answer.status === 401 || answer.status === 403
				? { kind: "denied", message: answer.message }
				: { kind: "alive" };
		case "silent":
			return { kind: "silent", message: answer.message };
		case "nonsense":
			return { kind: "nonsense", message: answer.message };
		case "failing":
			return { kind: "unhealthy", message: answer.message };
	}
}
