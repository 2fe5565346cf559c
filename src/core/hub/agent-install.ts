/**
 * The objects of a region's agent, where spec.agent is Managed: what the chart
 * renders for a region with grants and gate, with the names of this pair put in.
 *
 * The chart is the only source. The hub cannot run Helm, so it ships the file
 * that docs/install/render.sh renders for kubectl. Rejected: objects built here
 * in code, which would be a second source beside the chart; and Helm in the
 * hub's image, a program that runs templates with the rights of both regions.
 */
import {
	CLUSTER_ROLE,
	CLUSTER_ROLE_BINDING,
	MANIFEST_KINDS,
	type Resource,
} from "../../api/kind.ts";
import { APPLIED } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import { driftOf } from "../region/drift.ts";
import { canonical, hashOf } from "../region/part.ts";

/** What is put into the rendered objects. */
export interface AgentSettings {
	readonly region: string;
	readonly twin: string;
	/** Of the operator; the hub's own one, as a rule. */
	readonly image: string;
	/** Of the container before the pods of Exclusive services, with digest. */
	readonly gateImage: string;
	readonly profile: string;
	readonly installation: string;
	readonly namespace: string;
}

export interface Wanted {
	readonly resource: Resource;
	/** With the hash as annotation. */
	readonly object: KubeObject;
	readonly hash: string;
}

/** The namespace in the rendered file. */
const RENDERED_NAMESPACE = "twin-operator-system";
const COMPONENT = "app.kubernetes.io/component";

/** In the order in which they are written: what pods need comes before the pods. */
const ORDER = [
	"ServiceAccount",
	"ClusterRole",
	"Role",
	"ClusterRoleBinding",
	"RoleBinding",
	"PodDisruptionBudget",
	"Service",
	"Deployment",
];
const KINDS = [CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ...MANIFEST_KINDS];

export interface AgentPart {
	readonly resource: Resource;
	readonly rendered: KubeObject;
}

/**
 * What of the file the hub installs, in the order in which it is written.
 * Left out are the namespace, which is there with the hub's own account; that
 * account, since nobody is to widen the rights that he stands on; and the twin's
 * token that does not end: the hub asks for one that does. Throws where the file
 * has what this does not know.
 */
export const agentParts = (
	rendered: readonly KubeObject[],
): readonly AgentPart[] =>
	rendered
		.filter((it) => it.kind !== "Namespace" && it.kind !== "Secret")
		.filter((it) => it.metadata.labels?.[COMPONENT] !== "access")
		.map((it) => {
			const resource = KINDS.find((known) => known.kind === it.kind);
			if (!resource || !ORDER.includes(it.kind))
				throw new Error(`the agent's manifests have an unknown ${it.kind}`);
			return { resource, rendered: it };
		})
		.toSorted((a, b) => rankOf(a) - rankOf(b));

const rankOf = ({ rendered }: AgentPart): number =>
	ORDER.indexOf(rendered.kind);

/**
 * Deployments name the addresses of the agent's Services (by name in
 * `addresses`), and are left out until all of them are known.
 */
export function agentObjects(
	rendered: readonly KubeObject[],
	settings: AgentSettings,
	addresses: ReadonlyMap<string, string>,
): readonly Wanted[] {
	const parts = agentParts(rendered);
	const known = parts
		.map((it) => it.rendered)
		.filter((it) => it.kind === "Service")
		.map((it) => ({
			word: clusterIpOf(it) ?? "",
			address: addresses.get(it.metadata.name ?? ""),
		}));
	const isComplete = known.every((it) => it.address !== undefined);
	const words = wordsOf(settings, known);
	return parts
		.filter((it) => it.rendered.kind !== "Deployment" || isComplete)
		.map((it) => wantedOf(it, settings, words, addresses));
}

function wantedOf(
	{ resource, rendered }: AgentPart,
	settings: AgentSettings,
	words: Words,
	addresses: ReadonlyMap<string, string>,
): Wanted {
	const { kind, metadata } = rendered;
	let object = replaced(rendered, words) as KubeObject;
	if (kind === "Deployment") object = withImage(object, settings.image);
	if (kind === "Service") object = withAddress(object, undefined);
	const hash = hashOf(canonical(object));
	// The API server chooses the address, which then stays: a Service that was
	// lost is made again with the one that gates in pods know.
	if (kind === "Service")
		object = withAddress(object, addresses.get(metadata.name ?? ""));
	const annotations = { ...object.metadata.annotations, [APPLIED]: hash };
	return {
		resource,
		object: { ...object, metadata: { ...object.metadata, annotations } },
		hash,
	};
}

type Words = readonly (readonly [string | RegExp, string])[];

/** Values, in their fields: nothing is put into the text of the file, so that nothing can break out of it. */
function wordsOf(
	settings: AgentSettings,
	known: readonly { word: string; address: string | undefined }[],
): Words {
	const { region, twin, namespace, profile, installation, gateImage } =
		settings;
	return [
		...known
			.filter(({ word }) => word !== "")
			.map(
				({ word, address = "" }) =>
					[word, address.includes(":") ? `[${address}]` : address] as const,
			),
		[/^--profile=.*/, `--profile=${profile}`],
		[/^--installation=.*/, `--installation=${installation}`],
		["GATE-IMAGE", gateImage],
		[RENDERED_NAMESPACE, namespace],
		[/\bREGION\b/, region],
		[/\bTWIN\b/, twin],
	];
}

function replaced(value: unknown, words: Words): unknown {
	if (typeof value === "string")
		return words.reduce(
			(text, [from, to]) => text.replace(from, () => to),
			value,
		);
	if (Array.isArray(value)) return value.map((it) => replaced(it, words));
	if (value === null || typeof value !== "object") return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, it]) => [key, replaced(it, words)]),
	);
}

interface DeploymentSpec {
	readonly replicas?: number;
	readonly template: {
		readonly spec: {
			readonly containers: readonly { image?: string; args?: string[] }[];
		};
	};
}

function withImage(object: KubeObject, image: string): KubeObject {
	const spec = object.spec as DeploymentSpec;
	const pod = spec.template.spec;
	const containers = pod.containers.map((it) => ({ ...it, image }));
	return {
		...object,
		spec: {
			...spec,
			template: { ...spec.template, spec: { ...pod, containers } },
		},
	};
}

const clusterIpOf = (service: KubeObject): string | undefined =>
	(service.spec as { clusterIP?: string } | undefined)?.clusterIP;

function withAddress(object: KubeObject, clusterIP: string | undefined) {
	const { clusterIP: _, ...spec } = object.spec as { clusterIP?: string };
	return {
		...object,
		spec: { ...spec, ...(clusterIP === undefined ? {} : { clusterIP }) },
	};
}

/** `Kind/name`. */
export const idOf = ({ kind, metadata }: KubeObject): string =>
	`${kind}/${metadata.name}`;

/**
 * Addresses of the agent's Services, by name: their own, else those that an
 * agent which is there tells its gates. Gates keep them for the life of their
 * pod, so that another address would restart the pods of services.
 */
export function addressesIn(
	rendered: readonly KubeObject[],
	live: ReadonlyMap<string, KubeObject>,
): ReadonlyMap<string, string> {
	const told = argumentIn(live, "gate-addresses")
		.flatMap((it) => it.split(","))
		.map((it) => it.replace(/^http:\/\//, "").replace(/:\d+\/?$/, ""))
		.map((it) => it.replace(/^\[(.*)\]$/, "$1"));
	const found = rendered
		.filter((it) => it.kind === "Service")
		.map((it, at) => {
			const own = live.get(idOf(it));
			return [it.metadata.name ?? "", (own && clusterIpOf(own)) || told[at]];
		})
		.filter((it): it is [string, string] => it[1] !== undefined);
	return new Map(found);
}

/** Values of one argument, of every Deployment there that has it. */
const argumentIn = (
	live: ReadonlyMap<string, KubeObject>,
	name: string,
): readonly string[] =>
	[...live.values()]
		.filter((it) => it.kind === "Deployment")
		.flatMap(({ spec }) => (spec as DeploymentSpec).template.spec.containers)
		.flatMap(({ args }) => args ?? [])
		.filter((it) => it.startsWith(`--${name}=`))
		.map((it) => it.slice(name.length + 3));

/**
 * Whose the agent there is, if it is not this one: two hubs over one region, or
 * kubeconfigs that were mixed up, would else replace each other's agents for ever.
 */
export function othersAgent(
	live: ReadonlyMap<string, KubeObject>,
	{ region, installation }: AgentSettings,
): string | undefined {
	const of = (name: string, own: string) =>
		argumentIn(live, name).find((it) => it !== own);
	const foreign = of("installation", installation);
	if (foreign !== undefined)
		return `the agent in ${region} is that of installation ${foreign}. Give each hub regions of its own, or the same installation if one replaces the other`;
	const other = of("region", region);
	return other === undefined
		? undefined
		: `the agent in ${region} is that of region ${other}. Correct spec.credentials of the TwinClusters if they lead to each other's cluster; if the region has another name now, delete the agent's Deployments there`;
}

/** Not there, or not as it is to be. What others added beside is theirs. */
export const isOutstanding = (
	{ object, hash }: Wanted,
	live: KubeObject | undefined,
): boolean =>
	live?.metadata.annotations?.[APPLIED] !== hash ||
	driftOf(object, live).length > 0;

/** What keeps a Deployment from being rolled out, in words; undefined: nothing. */
export function unavailable(live: KubeObject | undefined): string | undefined {
	if (!live) return "does not exist yet";
	const { metadata, spec, status = {} } = live;
	const { replicas = 1 } = spec as DeploymentSpec;
	const said = status as {
		observedGeneration?: number;
		replicas?: number;
		updatedReplicas?: number;
		availableReplicas?: number;
		conditions?: readonly { type: string; status: string; message?: string }[];
	};
	const { updatedReplicas = 0, availableReplicas = 0 } = said;
	const isDone =
		(said.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
		updatedReplicas === replicas &&
		availableReplicas === replicas &&
		(said.replicas ?? 0) === replicas;
	if (isDone) return undefined;
	const stuck = said.conditions?.find(
		(it) => it.type === "Progressing" && it.status === "False",
	);
	return `has ${Math.min(updatedReplicas, availableReplicas)} of ${replicas} new replicas available${stuck?.message ? ` (${stuck.message})` : ""}`;
}
