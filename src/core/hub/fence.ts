/**
 * Whether the pods of an Exclusive service stop within F, the one figure that
 * the twin's takeover counts on (PROTOCOL "Timing"). What would take longer is
 * refused before anything of it is written. The judgement is the renderer's
 * own: an agent refuses the same, should the hub not have.
 */
import type { KubeObject } from "../../api/object.ts";
import type { Gate } from "../../api/types.ts";
import { PROFILES, type ProfileName } from "../profile.ts";
import { gateOf } from "../region/gate.ts";
import type { Template } from "../region/gate-pod.ts";
import { templateOf } from "../region/workload.ts";
import { grantsOf } from "./exclusive.ts";
import type { Observation } from "./observation.ts";
import type { Problem } from "./problem.ts";
import type { FenceProblems } from "./service-view.ts";

const NAMES = Object.keys(PROFILES) as ProfileName[];

/** `objects` in the order of spec.manifests. With gate None nothing stops by itself, and the side says so. */
export function fenceProblems(
	objects: readonly KubeObject[],
	gate: Gate,
): FenceProblems {
	if (gate === "None") return {};
	return Object.fromEntries(
		NAMES.flatMap((profile) => {
			const found = firstProblem(objects, gate, profile);
			return found ? [[profile, found]] : [];
		}),
	);
}

function firstProblem(
	objects: readonly KubeObject[],
	form: Exclude<Gate, "None">,
	profile: ProfileName,
): Problem | undefined {
	const settings = { image: "", agents: [], profile };
	const asked = { settings, form, namespace: "", name: "", warm: false };
	for (const [at, object] of objects.entries()) {
		const found = templateOf(object);
		const template = found?.of as Template | undefined;
		// A workload without any template is the dry run's to refuse.
		if (!found || !template || Object.keys(template).length === 0) continue;
		const { problem } = gateOf(template, asked, found.kind);
		if (!problem) continue;
		const { kind, metadata } = object;
		return {
			reason: problem.reason,
			message: `spec.manifests[${at}] (${kind} ${metadata.name}): ${problem.message}`,
		};
	}
	return undefined;
}

export function fenceProblem(seen: Observation): Problem | undefined {
	const { service, profile = PROFILES.Standard, regions } = seen;
	if (service.policy !== "Exclusive" || grantsOf(seen) !== "yes")
		return undefined;
	const name = NAMES.find((it) => PROFILES[it] === profile) ?? "Standard";
	for (const { placement } of regions) {
		const found = "hash" in placement ? placement.fence?.[name] : undefined;
		if (found) return found;
	}
	return undefined;
}
