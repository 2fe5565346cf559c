/**
 * The shapes of requests: what kind of request to what kind of resource,
 * without names. The suite checks that it sends every shape in this list, and
 * the cluster tests check that the operator sends no other writes: so every
 * write of the operator has a behaviour that was tried on both API servers.
 */
import {
	CRD,
	EVENT,
	JOB,
	LEASE,
	MANIFEST_KINDS,
	NAMESPACE,
	POD,
	type Resource,
	TWIN_CLUSTER,
	TWIN_OPERATION,
	TWIN_SERVICE,
	TWIN_SIDE,
} from "../../src/api/kind.ts";
import type { Api, Call } from "../../src/shell/port.ts";
import type { AuditEvent } from "../clusters/real/audit.ts";

/** Sorted. Manifest: any kind a TwinService may carry. */
export const SHAPES: readonly string[] = [
	"apply crd force",
	"apply manifest dryRun force",
	"apply manifest force",
	"create event",
	"create lease",
	"create manifest",
	"create namespace",
	"create side",
	"delete job",
	"delete manifest",
	"delete side",
	"json manifest",
	"merge cluster",
	"merge cluster status",
	"merge event",
	"merge lease",
	"merge manifest",
	"merge operation status",
	"merge service",
	"merge service status",
	"merge side",
	"merge side status",
];

const CLASSES: readonly (readonly [string, readonly Resource[]])[] = [
	["cluster", [TWIN_CLUSTER]],
	["service", [TWIN_SERVICE]],
	["side", [TWIN_SIDE]],
	["operation", [TWIN_OPERATION]],
	["namespace", [NAMESPACE]],
	["pod", [POD]],
	["event", [EVENT]],
	["job", [JOB]],
	["lease", [LEASE]],
	["crd", [CRD]],
	["manifest", MANIFEST_KINDS],
];

function classOf(group: string, plural: string): string {
	const found = CLASSES.find(([, resources]) =>
		resources.some((it) => it.group === group && it.plural === plural),
	);
	return found?.[0] ?? `${plural}.${group}`;
}

interface Parts {
	readonly verb: string;
	readonly group: string;
	readonly plural: string;
	readonly subresource?: string | undefined;
	readonly dryRun: boolean;
	readonly force: boolean;
}

const shape = (it: Parts): string =>
	[
		it.verb,
		classOf(it.group, it.plural),
		it.subresource,
		it.dryRun && "dryRun",
		it.force && "force",
	]
		.filter(Boolean)
		.join(" ");

export const shapeOf = ({ verb, resource, subresource, query }: Call): string =>
	shape({
		verb,
		group: resource.group,
		plural: resource.plural,
		subresource,
		dryRun: query?.dryRun === "All",
		force: query?.force === "true",
	});

/** The same Api, with the shape of every call put into the set. */
export function recordShapes(api: Api, into: Set<string>): Api {
	return {
		request: (call) => {
			into.add(shapeOf(call));
			return api.request(call);
		},
		watch: (call) => api.watch(call),
		close: () => api.close(),
	};
}

/** Shapes of the operator's writes in an audit log. */
export function shapesIn(log: readonly AuditEvent[]): Set<string> {
	const own = log.filter((it) => it.userAgent?.startsWith("twin-operator/"));
	return new Set(own.map(shapeOfEvent));
}

function shapeOfEvent(event: AuditEvent): string {
	const query = new URL(event.requestURI, "https://audit").searchParams;
	const { apiGroup = "", resource = "", subresource } = event.objectRef ?? {};
	return shape({
		verb: event.verb === "patch" ? patchOf(event.requestObject) : event.verb,
		group: apiGroup,
		plural: resource,
		subresource,
		dryRun: query.get("dryRun") === "All",
		force: query.get("force") === "true",
	});
}

/** The log does not hold the content type; the body tells: a configuration names its kind, operations are a list. */
function patchOf(body: unknown): string {
	if (Array.isArray(body)) return "json";
	return typeof body === "object" && body !== null && "apiVersion" in body
		? "apply"
		: "merge";
}

/** Writes that no behaviour of the suite stands for. */
export const strangeShapes = (log: readonly AuditEvent[]): string[] =>
	[...shapesIn(log)].filter((it) => !SHAPES.includes(it)).sort();
