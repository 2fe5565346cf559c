/** When credentials end by themselves, as far as they say so. Nothing of them is kept or told but that time. */

import { X509Certificate } from "node:crypto";
import type { ConnectionOptions } from "node:tls";

/** The earlier one of the two; undefined when neither says. Never throws: who judges credentials is the API server. */
export function expiryOf(
	certificate: ConnectionOptions["cert"],
	token: string | undefined,
): Date | undefined {
	const times = [certificateEndMs(certificate), tokenEndMs(token?.trim())];
	const known = times.filter((it): it is number => Number.isFinite(it));
	return known.length > 0 ? new Date(Math.min(...known)) : undefined;
}

/** Of the first one: that is the client's own, and those behind it are its issuers'. */
function certificateEndMs(pem: ConnectionOptions["cert"]): number | undefined {
	if (typeof pem !== "string") return undefined;
	try {
		return Date.parse(new X509Certificate(pem).validTo);
	} catch {
		return undefined;
	}
}

/** Later than this no Date can be. */
const LAST_SECOND = 8.64e12;

/** A token of a ServiceAccount is a JWT; one that is none, or has no `exp`, says nothing. */
function tokenEndMs(token: string | undefined): number | undefined {
	const [, claims, signature, ...more] = token?.split(".") ?? [];
	if (!claims || !signature || more.length > 0) return undefined;
	try {
		const text = Buffer.from(claims, "base64url").toString("utf8");
		const { exp } = JSON.parse(text) as { exp?: unknown };
		return typeof exp === "number" && exp > 0 && exp <= LAST_SECOND
			? exp * 1_000
			: undefined;
	} catch {
		return undefined;
	}
}
