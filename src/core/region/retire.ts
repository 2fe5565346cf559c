/**
 * A region comes back with an old state of its etcd: nothing in it may count as
 * known. Its sides go, and are created anew by the hub; what they owned is
 * switched off, let go, and handed over to the side of the same name to come, so
 * that no volume and no address is lost. Garbage collection would delete it all.
 */
import { ADOPT } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { release } from "./deletion.ts";
import type { SideView } from "./side.ts";

export type Retirement =
	/** Not the side's: left alone. */
	| { readonly do: "nothing" }
	/** It would act on its own while nobody watches. */
	| { readonly do: "delete" }
	| { readonly do: "patch"; readonly body: Readonly<Record<string, unknown>> };

/** Off, in the words of each kind; the others do nothing by themselves. */
const OFF: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
	Deployment: { replicas: 0 },
	StatefulSet: { replicas: 0 },
	CronJob: { suspend: true },
};

/** An autoscaler leaves a workload of 0 alone, but the side to come has none on standby; a Job would run on. */
const ENDED: readonly string[] = ["HorizontalPodAutoscaler", "Job"];

export function retire(object: KubeObject, side: SideView): Retirement {
	const body = release(object, side);
	if (!body) return { do: "nothing" };
	if (ENDED.includes(object.kind)) return { do: "delete" };
	const { metadata } = body as { metadata: { annotations: object } };
	const spec = OFF[object.kind];
	return {
		do: "patch",
		body: {
			...(spec ? { spec } : {}),
			metadata: {
				...metadata,
				annotations: { ...metadata.annotations, [ADOPT]: side.name },
			},
		},
	};
}
