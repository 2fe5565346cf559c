/**
 * The agent's tokens for its twin and for the witness: short-lived, and renewed
 * by itself long before they end. At every start once, then after a third of a
 * token's life by this process's own clock, so that no two clocks are compared
 * and an outage of days is survived. What is renewed is kept in a Secret of the
 * agent's own cluster, for the process after this one.
 */
import { SECRET } from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import type { Api, Clock, Credential, Fault, Log, Metrics } from "../port.ts";
import { tokenIn, tokenRequest } from "../token.ts";

export interface Renewal {
	/** The place that the credential is for, as logs and metrics call it: the twin's name, or `hub`. */
	readonly place: string;
	readonly api: Api;
	readonly credential: Credential;
	/** Name of the Secret, key `kubeconfig`, in the operator's namespace of the own cluster. */
	readonly secret: string;
}

export interface RenewalDeps {
	/** The own cluster's. */
	readonly api: Api;
	readonly namespace: string;
	readonly clock: Clock;
	readonly log: Log;
	readonly metrics?: Metrics;
}

const RETRY_MS = 60_000;
const TIMEOUT_MS = 10_000;

export async function renewing(
	renewal: Renewal,
	deps: RenewalDeps,
	signal: AbortSignal,
): Promise<void> {
	const { clock, log } = deps;
	const { place, credential } = renewal;
	const account = credential.account();
	if (!account) {
		log.warn(
			{ place },
			`the credentials for ${place} are no ServiceAccount's token, so they are not renewed here: renew them before they end`,
		);
		return;
	}
	let told = "";
	while (!signal.aborted) {
		const outcome = await renew(renewal, account, deps, signal);
		if (signal.aborted) return;
		deps.metrics?.set(
			"twin_operator_credentials_renewed",
			{ cluster: place },
			"fault" in outcome ? 0 : 1,
		);
		if ("fault" in outcome && outcome.fault !== told)
			log.warn({ place }, outcome.fault);
		if ("lifeMs" in outcome)
			log.info({ place }, `the token for ${place} was renewed`);
		told = "fault" in outcome ? outcome.fault : "";
		await clock.sleep(
			"lifeMs" in outcome ? outcome.lifeMs / 3 : RETRY_MS,
			signal,
		);
	}
}

type Outcome = { readonly lifeMs: number } | { readonly fault: string };

async function renew(
	{ place, api, credential, secret }: Renewal,
	{ namespace, name }: { namespace: string; name: string },
	deps: RenewalDeps,
	signal: AbortSignal,
): Promise<Outcome> {
	const answer = await api.request({
		...tokenRequest({ namespace, name }),
		timeoutMs: TIMEOUT_MS,
		signal,
	});
	if (answer.kind !== "ok")
		return {
			fault: `the token for ${place} cannot be renewed (${wordsOf(answer)}): it goes on until it ends. Its account there needs: create serviceaccounts/token, resourceNames [${name}]`,
		};
	const token = tokenIn(answer.body);
	const lifeMs = lifeOf(answer.body);
	if (token === undefined || lifeMs === undefined)
		return {
			fault: `what ${place} answered to a TokenRequest is no token: look at what answers there`,
		};
	credential.use(token);
	const fault = await keep(secret, credential.kubeconfig(), deps, signal);
	return fault === undefined ? { lifeMs } : { fault };
}

/** By the clock of who gave it: from its issue to its end. */
function lifeOf({ metadata, status }: KubeObject): number | undefined {
	const { expirationTimestamp: end } = (status ?? {}) as {
		expirationTimestamp?: unknown;
	};
	const issued = Date.parse(metadata?.creationTimestamp ?? "");
	const ms = Date.parse(typeof end === "string" ? end : "") - issued;
	return ms > 0 ? ms : undefined;
}

/** Another replica keeps one too: whichever comes last is as good. */
async function keep(
	secret: string,
	kubeconfig: string,
	{ api, namespace }: RenewalDeps,
	signal: AbortSignal,
): Promise<string | undefined> {
	const answer = await api.request({
		verb: "merge",
		resource: SECRET,
		namespace,
		name: secret,
		body: { data: { kubeconfig: Buffer.from(kubeconfig).toString("base64") } },
		timeoutMs: TIMEOUT_MS,
		signal,
	});
	return answer.kind === "ok"
		? undefined
		: `the renewed token cannot be kept in Secret ${namespace}/${secret} (${wordsOf(answer)}): it would be lost with this process. The agent's account needs: patch secrets, resourceNames [${secret}]`;
}

/** The server's words may quote what was sent: a token. */
const wordsOf = (fault: Fault): string =>
	fault.kind === "refused" || fault.kind === "failing"
		? `${fault.status}${fault.kind === "refused" ? ` ${fault.reason}` : ""}`
		: fault.kind;
