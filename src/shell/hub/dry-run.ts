/**
 * Asks a region whether it would accept the objects of a side, before anything
 * of them is written anywhere.
 */
import { resourceOf } from "../../api/kind.ts";
import { FIELD_MANAGER } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import type { Verdict } from "../../core/hub/observation.ts";
import { safeWords } from "../../core/region/refusal.ts";
import { render } from "../../core/region/workload.ts";
import type { Answer, Api } from "../port.ts";
import { WRITE_TIMEOUT_MS } from "./request.ts";

export interface DryRun {
	readonly api: Api;
	readonly region: string;
	readonly installation: string;
	readonly namespace: string;
	/** Used where the service's own namespace does not exist yet. */
	readonly operatorNamespace: string;
	/** The TwinService's. */
	readonly name: string;
	readonly objects: readonly KubeObject[];
}

/** In parallel: over a long line each one costs a round trip. */
const PARALLEL = 4;

/** Undefined: a region did not answer properly, so nothing is known. */
export async function dryRun(run: DryRun): Promise<Verdict | undefined> {
	const [first] = run.objects;
	if (!first) return "passed";
	let namespace = run.namespace;
	let answer = await tryOne(run, first, namespace);
	if (isNamespaceMissing(answer)) {
		namespace = run.operatorNamespace;
		answer = await tryOne(run, first, namespace);
	}
	let verdict = verdictOf(run, first, answer);
	const rest = run.objects.slice(1);
	while (verdict === "passed" && rest.length > 0) {
		const some = rest.splice(0, PARALLEL);
		const verdicts = await Promise.all(
			some.map(async (it) =>
				verdictOf(run, it, await tryOne(run, it, namespace)),
			),
		);
		const bad = verdicts.findIndex((it) => it !== "passed");
		if (bad !== -1) verdict = verdicts[bad];
	}
	return verdict;
}

function tryOne(
	run: DryRun,
	manifest: KubeObject,
	namespace: string,
): Promise<Answer> {
	const resource = resourceOf(manifest.apiVersion, manifest.kind);
	const name = manifest.metadata.name ?? "";
	if (!resource) {
		const message = `kind ${manifest.kind} is not one that manifests may have`;
		return Promise.resolve({
			kind: "refused",
			status: 422,
			reason: "",
			message,
		});
	}
	const { installation } = run;
	const home = { namespace, name: run.name, installation };
	return run.api.request({
		verb: "apply",
		resource,
		namespace,
		name,
		body: withRoleFields(render(manifest, home), manifest),
		query: { fieldManager: FIELD_MANAGER, force: "true", dryRun: "All" },
		timeoutMs: WRITE_TIMEOUT_MS,
	});
}

/** Rendering takes out what the role decides; what a person wrote there is to be tried too. */
function withRoleFields(
	rendered: KubeObject,
	manifest: KubeObject,
): KubeObject {
	const written = (manifest.spec ?? {}) as Record<string, unknown>;
	const fields = ["replicas", "suspend"].filter(
		(it) => written[it] !== undefined && written[it] !== null,
	);
	if (fields.length === 0) return rendered;
	const spec = {
		...(rendered.spec as object),
		...Object.fromEntries(fields.map((it) => [it, written[it]])),
	};
	return { ...rendered, spec };
}

const isNamespaceMissing = (answer: Answer): boolean =>
	answer.kind === "refused" &&
	answer.status === 404 &&
	/^namespaces? "/.test(answer.message);

/** What a webhook, a policy or a quota refuses is the region's affair: the agent tells of it, and the other objects go on. */
const BY_POLICY =
	/^admission webhook|^ValidatingAdmissionPolicy|denied (the )?request|exceeded quota/i;

/** A server-side apply answers 500 to a field that is unknown or of the wrong type (measured: 1.37). */
const UNTYPED = /^failed to create typed patch object/;

function verdictOf(
	run: DryRun,
	manifest: KubeObject,
	answer: Answer,
): Verdict | undefined {
	if (answer.kind === "ok") return "passed";
	if (answer.kind === "failing" && UNTYPED.test(answer.message))
		return refusal(run, manifest, answer.message);
	if (answer.kind !== "refused") return undefined;
	if (isNamespaceMissing(answer)) return undefined;
	// 403: quota, policy, or no right to try. 404: the kind is not served, or a
	// role that a binding names is not there yet.
	if ([403, 404, 409].includes(answer.status) || BY_POLICY.test(answer.message))
		return "passed";
	if (![400, 413, 415, 422].includes(answer.status)) return undefined;
	return refusal(run, manifest, answer.message);
}

function refusal(run: DryRun, manifest: KubeObject, words: string): Verdict {
	const { kind, metadata } = manifest;
	const said = safeWords(kind, words).replace(/[.\s]*$/, ".");
	return {
		reason: "DryRunRefused",
		message: `${run.region} refuses ${kind} ${metadata.name}: ${said} Correct it in spec.manifests; nothing has been applied.`,
	};
}
