/** Asking for a token of a ServiceAccount, and what is read of the answer. */
import { SERVICE_ACCOUNT } from "../api/kind.ts";
import type { KubeObject } from "../api/object.ts";
import type { Call } from "./port.ts";

/** Asked for; an API server may be set to give less. */
const LIFE_SECONDS = 7 * 86_400;

export const tokenRequest = (account: {
	readonly namespace: string;
	readonly name: string;
}) =>
	({
		verb: "create",
		resource: SERVICE_ACCOUNT,
		namespace: account.namespace,
		name: account.name,
		subresource: "token",
		body: {
			apiVersion: "authentication.k8s.io/v1",
			kind: "TokenRequest",
			spec: { expirationSeconds: LIFE_SECONDS },
		},
	}) as const satisfies Omit<Call, "timeoutMs">;

/** Undefined: the answer has none. */
export function tokenIn({ status }: KubeObject): string | undefined {
	const { token } = (status ?? {}) as { token?: unknown };
	return typeof token === "string" && token !== "" ? token : undefined;
}
