/** One step of installing or upgrading an agent. What fails is seen anew in the next turn. */
import { SECRET } from "../../api/kind.ts";
import { FIELD_MANAGER } from "../../api/label.ts";
import { kubeconfigText } from "../../core/hub/agent-credential.ts";
import { idOf, type Wanted } from "../../core/hub/agent-install.ts";
import type { Part } from "../../core/hub/agent-rollout.ts";
import type { Problem } from "../../core/hub/problem.ts";
import type { Fault } from "../port.ts";
import { tokenIn, tokenRequest } from "../token.ts";
import type { Outstanding } from "./agent-account.ts";
import type { Looked } from "./agent-look.ts";
import { notAnswering, refused, refusedByHub } from "./agent-refusal.ts";
import type { HubContext } from "./context.ts";
import { WRITE_TIMEOUT_MS } from "./request.ts";

/** As the chart's objects of the agent have them: who removes it finds all by these. */
const LABELS = {
	"app.kubernetes.io/name": "twin-operator",
	"app.kubernetes.io/component": "agent",
};

/** Answers with what went wrong, if anything did. What comes after it is not tried. */
export async function writePart(
	hub: HubContext,
	looked: Looked,
	part: Part,
): Promise<Problem | undefined> {
	if (part === "credentials") {
		for (const it of looked.credentials) {
			const fault = await giveCredential(hub, looked, it);
			if (fault) return fault;
		}
		return undefined;
	}
	const isDeployment = part === "deployments";
	const all = looked.outstanding.filter(
		(it) => (it.object.kind === "Deployment") === isDeployment,
	);
	for (const [at, it] of all.entries()) {
		const fault = await apply(looked, it);
		if (!fault) continue;
		const left = all.slice(at + 1).map((it) => idOf(it.object));
		return left.length === 0 || fault.reason !== "InstallRefused"
			? fault
			: {
					...fault,
					message: `${fault.message} Not applied either: ${left.join(", ")}.`,
				};
	}
	return undefined;
}

/** The hub is the only one to write these fields: an earlier owner's, such as Helm's, become its own. */
async function apply(
	{ link }: Looked,
	{ resource, object }: Wanted,
): Promise<Problem | undefined> {
	const { name = "", namespace } = object.metadata;
	const answer = await link.api.request({
		verb: "apply",
		resource,
		...(namespace === undefined ? {} : { namespace }),
		name,
		body: object,
		query: { fieldManager: FIELD_MANAGER, force: "true" },
		timeoutMs: WRITE_TIMEOUT_MS,
	});
	if (answer.kind === "ok") return undefined;
	if (answer.kind !== "refused") return notAnswering(link.name);
	const what = `${object.kind} ${name} cannot be applied in ${link.name}`;
	return refused(link.name, what, answer.message);
}

async function giveCredential(
	hub: HubContext,
	{ link }: Looked,
	{ secret, why, place, api }: Outstanding,
): Promise<Problem | undefined> {
	const { account } = place;
	const made = await api.request({
		...tokenRequest(account),
		timeoutMs: WRITE_TIMEOUT_MS,
	});
	const what = `a token of ServiceAccount ${account.name} at ${place.name} cannot be made`;
	if (made.kind !== "ok") {
		if (made.kind !== "refused") return notAnswering(place.name);
		return place.name === "hub"
			? refusedByHub(link.name, what, wordsOf(made))
			: refused(place.name, what, wordsOf(made));
	}
	const token = tokenIn(made.body);
	if (token === undefined)
		return refused(place.name, what, "the answer has no token");
	const kubeconfig = kubeconfigText(place, token);
	const kept = await link.api.request({
		verb: "apply",
		resource: SECRET,
		namespace: hub.namespace,
		name: secret,
		body: {
			apiVersion: "v1",
			kind: "Secret",
			metadata: { name: secret, namespace: hub.namespace, labels: LABELS },
			data: { kubeconfig: Buffer.from(kubeconfig).toString("base64") },
		},
		query: { fieldManager: FIELD_MANAGER, force: "true" },
		timeoutMs: WRITE_TIMEOUT_MS,
	});
	if (kept.kind !== "ok")
		return kept.kind === "refused"
			? refused(
					link.name,
					`Secret ${secret} cannot be written in ${link.name}`,
					wordsOf(kept),
				)
			: notAnswering(link.name);
	hub.log.info(
		{ cluster: link.name, place: place.name },
		`the agent of ${link.name} was given credentials for ${place.name}: Secret ${secret} ${why}`,
	);
	return undefined;
}

/** A missing right is told in the server's words; others may quote what was sent: a token. */
const wordsOf = (fault: Extract<Fault, { kind: "refused" }>): string =>
	fault.status === 403 || fault.status === 404
		? fault.message
		: `${fault.status} ${fault.reason}`;
