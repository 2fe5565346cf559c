/** A service and a cluster become what the side there is to have. */
import { createHash } from "node:crypto";
import { applyPatch, type Operation } from "rfc6902";
import type { KubeObject } from "../../api/object.ts";
import type { Patch, Target, TwinSideSpec } from "../../api/types.ts";
import { canonical } from "../region/part.ts";
import type { Policy, Standby } from "../region/side.ts";
import type { Problem } from "./problem.ts";
import type { ServiceView, Source } from "./service-view.ts";

export interface Rendered {
	readonly objects: readonly KubeObject[];
	/** What others deliver; absent when there is nothing. */
	readonly targets?: readonly Target[];
	readonly hash: string;
}

/** Nothing at all rather than an empty list: the hashes of services without targets stay what they are. */
export const targetsOf = ({
	targets = [],
}: {
	readonly targets?: readonly Target[] | undefined;
}): { targets?: readonly Target[] } => (targets.length > 0 ? { targets } : {});

/** etcd ends near 1.5 MB a request; the TwinSide has more in it than the objects. */
export const SIZE_LIMIT = 1_000_000;

export function place(
	source: Source,
	cluster: string,
	standby: Standby,
): Rendered | Problem {
	const objects = objectsFor(source, cluster);
	if ("reason" in objects) return objects;
	const targets = targetsOf(source);
	const text = canonical({ objects, ...targets, standby });
	const bytes = Buffer.byteLength(text);
	if (bytes > SIZE_LIMIT) {
		return {
			reason: "TooLarge",
			message: `spec.manifests is ${bytes} bytes for ${cluster}, and ${SIZE_LIMIT} is the most. Split the TwinService, or move large data out of ConfigMaps.`,
		};
	}
	return { objects, ...targets, hash: hashOf(text) };
}

/** The manifests with the patches for this cluster. */
export function objectsFor(
	source: Source,
	cluster: string,
): readonly KubeObject[] | Problem {
	const at = source.clusters.findIndex((it) => it.name === cluster);
	const patches = source.clusters[at]?.patches ?? [];
	const objects = [...source.manifests];
	for (const [nth, patch] of patches.entries()) {
		const fault = patchOne(objects, patch);
		if (fault) {
			return {
				reason: "PatchFailed",
				message: `spec.clusters[${at}].patches[${nth}] does not fit ${patch.target.kind} ${patch.target.name}: ${fault}. Correct its ops.`,
			};
		}
	}
	return objects;
}

const hashOf = (text: string): string =>
	createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Replaces the target in `objects` by a patched copy, or says what does not fit. */
function patchOne(objects: KubeObject[], patch: Patch): string | undefined {
	const { kind, name } = patch.target;
	const at = objects.findIndex(
		(it) => it.kind === kind && it.metadata.name === name,
	);
	const before = objects[at];
	if (!before) return "spec.manifests has no such object";
	const copy = structuredClone(before);
	// A copy: "add" puts the very value into the object, and a later op may change it.
	const ops = structuredClone(patch.ops) as unknown as Operation[];
	const results = applied(copy, ops);
	if (typeof results === "string") return results;
	const failed = results.findIndex((it) => it !== null);
	if (failed !== -1) {
		const op = patch.ops[failed];
		return `ops[${failed}] (${op?.op} ${op?.path}) gave ${results[failed]?.name}`;
	}
	if (identity(copy) !== identity(before))
		return "it changes what the object is called";
	objects[at] = copy;
	return undefined;
}

/** A pointer that is none makes the library throw. */
function applied(
	object: KubeObject,
	ops: Operation[],
): ReturnType<typeof applyPatch> | string {
	try {
		return applyPatch(object, ops);
	} catch (thrown) {
		return thrown instanceof Error ? thrown.message : String(thrown);
	}
}

const identity = (it: KubeObject): string =>
	canonical([
		it.apiVersion,
		it.kind,
		it.metadata?.name,
		it.metadata?.namespace ?? null,
	]);

/** PROTOCOL names these rules; the CRD cannot say them, because it does not know the operator's namespace. */
export function namespaceProblem(
	namespace: string,
	operatorNamespace: string,
): Problem | undefined {
	if (!namespace.startsWith("kube-") && namespace !== operatorNamespace)
		return undefined;
	return {
		reason: "NamespaceRefused",
		message: `metadata.namespace is ${namespace}: TwinServices are refused in kube-* and in the operator's own namespace (${operatorNamespace}). Create the TwinService in another one.`,
	};
}

/** The spec of a side, its wish left out: wishes are written apart. */
export function sideSpec(
	service: ServiceView,
	place: {
		readonly installation: string;
		readonly region: string;
		readonly home: string;
		readonly policy: Policy;
	},
	rendered: Rendered,
): TwinSideSpec {
	return {
		installation: place.installation,
		region: place.region,
		twin: twinOf(service, place.region),
		home: place.home,
		policy: place.policy,
		gate: service.gate,
		standby: service.standby as TwinSideSpec["standby"],
		objects: rendered.objects as TwinSideSpec["objects"],
		...targetsOf(rendered),
		hash: rendered.hash,
		...(service.suspend ? { suspend: true } : {}),
		deletionPolicy: service.deletionPolicy,
	};
}

export const twinOf = (
	service: Pick<ServiceView, "clusters">,
	region: string,
): string =>
	service.clusters[0] === region ? service.clusters[1] : service.clusters[0];
