import { at, type Dict, dict, equal, list } from "./json.ts";

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
	phase: "Running" | "Succeeded",
): Dict {
	const running = phase === "Running";
	const condition = (type: string, good: boolean): Dict => ({
		type,
		status: good ? "True" : "False",
		lastProbeTime: null,
		lastTransitionTime: time,
		...(good ? {} : { reason: "PodCompleted" }),
	});
	const containers = list(at(pod, "spec", "containers")).map((it) => ({
		name: at(it, "name"),
		image: at(it, "image"),
		imageID: "",
		ready: running,
		started: running,
		restartCount: 0,
		lastState: {},
		state: running
			? { running: { startedAt: time } }
			: { terminated: { exitCode: 0, reason: "Completed", finishedAt: time } },
	}));
	return {
		phase,
		startTime: at(pod, "status", "startTime") ?? time,
		conditions: [
			condition("Initialized", true),
			condition("Ready", running),
			condition("ContainersReady", running),
			condition("PodScheduled", true),
		],
		containerStatuses: containers,
		hostIP: "127.0.0.1",
		podIP: "127.0.0.1",
		qosClass: "BestEffort",
	};
}
