import { GATE_NAME } from "../../../src/core/region/gate-pod.ts";
import { at, type Dict, dict, equal, list } from "./json.ts";

/** Says whether a pod's gate is open; undefined: it has none. */
export type GateOf = (pod: Dict) => boolean | undefined;

/** Held by finalizers. */
export const held = (object: Dict | undefined): boolean =>
	list(at(object, "metadata", "finalizers")).length > 0;

export const isReady = (pod: Dict): boolean =>
	list(at(pod, "status", "conditions")).some(
		(it) => at(it, "type") === "Ready" && at(it, "status") === "True",
	);

/** Whether the pod is what the template makes; containers and labels tell. */
export function madeFrom(pod: Dict, template: unknown): boolean {
	const labels = dict(at(pod, "metadata", "labels"));
	const spec = dict(at(template, "spec"));
	const own = dict(pod.spec);
	return (
		equal(labels, dict(at(template, "metadata", "labels"))) &&
		equal(
			dict(at(pod, "metadata", "annotations")),
			dict(at(template, "metadata", "annotations")),
		) &&
		Object.keys(spec).every((key) => equal(own[key], spec[key]))
	);
}

export function podStatus(
	pod: Dict,
	time: string,
	phase: "Running" | "Succeeded" | "Pending",
): Dict {
	const running = phase === "Running";
	const held = phase === "Pending";
	const condition = (type: string, good: boolean): Dict => ({
		type,
		status: good ? "True" : "False",
		lastProbeTime: null,
		lastTransitionTime: time,
		...(good ? {} : { reason: held ? "GateClosed" : "PodCompleted" }),
	});
	const containers = list(at(pod, "spec", "containers")).map((it) => ({
		name: at(it, "name"),
		image: at(it, "image"),
		imageID: "",
		ready: running,
		started: running,
		restartCount: 0,
		lastState: {},
		state: held
			? { waiting: { reason: "PodInitializing" } }
			: running
				? { running: { startedAt: time } }
				: {
						terminated: { exitCode: 0, reason: "Completed", finishedAt: time },
					},
	}));
	return {
		phase,
		startTime: at(pod, "status", "startTime") ?? time,
		conditions: [
			condition("Initialized", !held),
			condition("Ready", running),
			condition("ContainersReady", running),
			condition("PodScheduled", true),
		],
		containerStatuses: containers,
		...gateStatus(pod, time, held),
		hostIP: "127.0.0.1",
		podIP: "127.0.0.1",
		qosClass: "BestEffort",
	};
}

/** The gate itself runs as long as its pod; it is started when it has let the application start. */
function gateStatus(pod: Dict, time: string, held: boolean): Dict {
	const init = list(at(pod, "spec", "initContainers"));
	if (init.length === 0) return {};
	return {
		initContainerStatuses: init.map((it) => ({
			name: at(it, "name"),
			image: at(it, "image"),
			imageID: "",
			ready: !held,
			started: !held,
			restartCount: 0,
			lastState: {},
			state:
				held && at(it, "name") !== GATE_NAME
					? { waiting: { reason: "PodInitializing" } }
					: { running: { startedAt: time } },
		})),
	};
}
