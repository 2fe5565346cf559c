/**
 * One object of a side as it is to be, its role left out: text, the hash of
 * that text, and the few facts that roles are computed from. At rest nothing
 * else is looked at, so that nothing is parsed or rendered either.
 */
import { createHash } from "node:crypto";
import { type Resource, resourceOf } from "../../api/kind.ts";
import { INSTALLATION, SIDE } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import type { Target } from "../../api/types.ts";
import { type Gate, gateOf } from "./gate.ts";
import type { Template } from "./gate-pod.ts";
import { type Home, isReplacedByRole, render, templateOf } from "./workload.ts";

export interface Part {
	/** `Kind/name`: unique in a side. */
	readonly id: string;
	readonly kind: string;
	readonly name: string;
	/** Undefined when no such kind is allowed in manifests. */
	readonly resource: Resource | undefined;
	/** The rendered object, role left out. */
	readonly json: string;
	/** Of `json`. What the annotation `applied` is compared with. */
	readonly hash: string;
	/** Replicas in the manifest (Deployment, StatefulSet). */
	readonly replicas?: number;
	/** Suspension in the manifest (CronJob). */
	readonly suspended?: boolean;
	/** How many pods a rolling update may take away (a Deployment whose pods wait at their gate on standby). */
	readonly maxUnavailable?: number | string;
	/** What an autoscaler scales. */
	readonly scales?: Scales;
	/** Its pods' gate, where the side asks for one. */
	readonly gate?: Gate;
	/** Somebody else delivers it; only its role is ours. */
	readonly delivered?: true;
}

export interface Scales {
	/** Id of the part it scales. */
	readonly id: string;
	readonly min?: number;
}

export const idOf = (kind: string, name: string): string => `${kind}/${name}`;

export function parseParts(
	objects: readonly unknown[],
	home: Home,
): readonly Part[] {
	return objects.map((it) => parsePart(it as KubeObject, home));
}

/**
 * Of what somebody else delivers only the marks by which it is found again are
 * ours; the role adds replicas or suspension. Its template is never written: a
 * gate in it would restart pods whenever two deliverers took turns.
 */
export function targetParts(
	targets: readonly Target[],
	home: Pick<Home, "namespace" | "name" | "installation">,
): readonly Part[] {
	return targets.map(({ kind, name, replicas }) => {
		const apiVersion = kind === "CronJob" ? "batch/v1" : "apps/v1";
		const { namespace, name: side, installation } = home;
		const labels = { [SIDE]: side, [INSTALLATION]: installation };
		const metadata = { name, namespace, labels };
		const json = canonical({ apiVersion, kind, metadata, spec: {} });
		return {
			id: idOf(kind, name),
			kind,
			name,
			resource: resourceOf(apiVersion, kind),
			json,
			hash: hashOf(json),
			...(replicas === undefined ? {} : { replicas }),
			...(kind === "CronJob" ? { suspended: false } : {}),
			delivered: true as const,
		};
	});
}

function parsePart(manifest: KubeObject, home: Home): Part {
	const json = canonical(render(manifest, home));
	const name = manifest.metadata.name ?? "";
	return {
		id: idOf(manifest.kind, name),
		kind: manifest.kind,
		name,
		resource: resourceOf(manifest.apiVersion, manifest.kind),
		json,
		hash: hashOf(json),
		...factsOf(manifest),
		...(isReplacedByRole(manifest, home)
			? { maxUnavailable: maxUnavailableOf(manifest) }
			: {}),
		...gateIn(manifest, home),
	};
}

/** The API server's own default is told: what was written once would not go by being left out. */
function maxUnavailableOf({ spec }: KubeObject): number | string {
	const { strategy } = spec as {
		strategy?: { rollingUpdate?: { maxUnavailable?: number | string } };
	};
	return strategy?.rollingUpdate?.maxUnavailable ?? "25%";
}

function gateIn(manifest: KubeObject, home: Home): { gate?: Gate } {
	const template = templateOf(manifest);
	if (!home.gate || !template) return {};
	const gate = gateOf(template.of as Template, home.gate, template.kind);
	const { problem } = gate;
	if (!problem) return { gate };
	const message = `${manifest.kind} ${manifest.metadata.name} is not applied: ${problem.message}`;
	return { gate: { ...gate, problem: { ...problem, message } } };
}

interface Facts {
	replicas?: number;
	suspended?: boolean;
	scales?: Scales;
}

function factsOf(manifest: KubeObject): Facts {
	const spec = (manifest.spec ?? {}) as {
		replicas?: number | null;
		suspend?: boolean | null;
		minReplicas?: number | null;
		scaleTargetRef?: { kind?: string; name?: string };
	};
	switch (manifest.kind) {
		case "Deployment":
		case "StatefulSet":
			return { replicas: spec.replicas ?? 1 };
		case "CronJob":
			return { suspended: spec.suspend ?? false };
		case "HorizontalPodAutoscaler": {
			const { kind = "", name = "" } = spec.scaleTargetRef ?? {};
			const min = spec.minReplicas ?? undefined;
			return {
				scales: {
					id: idOf(kind, name),
					...(min === undefined ? {} : { min }),
				},
			};
		}
		default:
			return {};
	}
}

/** As the annotation `applied` has it. */
export const hashOf = (json: string): string =>
	createHash("sha256").update(json).digest("hex").slice(0, 16);

/** Keys in order: the hash must not depend on who wrote the object last. */
export const canonical = (value: unknown): string =>
	JSON.stringify(sorted(value));

/** A copy first: JSON.stringify with a replacer of its own takes about four times as long. */
function sorted(value: unknown): unknown {
	if (value === null || typeof value !== "object") return value;
	if (Array.isArray(value)) return value.map(sorted);
	const from = value as Record<string, unknown>;
	return Object.fromEntries(
		Object.keys(from)
			.sort()
			.map((key) => [key, sorted(from[key])]),
	);
}
