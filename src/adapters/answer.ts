import type { Answer, Fault, Silence } from "../shell/port.ts";
import type { Answered, Outcome } from "./exchange.ts";

/** The part of metav1.Status that is read. */
interface Status {
	readonly kind?: unknown;
	readonly reason?: unknown;
	readonly message?: unknown;
	readonly code?: unknown;
	readonly details?: { readonly retryAfterSeconds?: unknown } | null;
}

const REASONS: Readonly<Record<number, string>> = {
	400: "BadRequest",
	401: "Unauthorized",
	403: "Forbidden",
	404: "NotFound",
	405: "MethodNotAllowed",
	409: "Conflict",
	410: "Expired",
	422: "Invalid",
	429: "TooManyRequests",
};

/** What came of an exchange, in the closed set of words that the shell knows. */
export function answerOf<T>(outcome: Outcome, deadlineMs: number): Answer<T> {
	switch (outcome.kind) {
		case "deadline":
			return silent("timeout", `no complete answer within ${deadlineMs} ms`);
		case "aborted":
			return silent("aborted", "the request was given up");
		case "too large":
			return { kind: "nonsense", message: "the answer is larger than allowed" };
		case "error":
			return fromError(outcome.error);
		case "answered":
			return fromAnswer(outcome);
	}
}

function fromAnswer<T>({ status, headers, body }: Answered): Answer<T> {
	const contentType = String(headers["content-type"] ?? "");
	if (status >= 300 && status < 400)
		return {
			kind: "nonsense",
			message: `answered with a redirect (${status}), which is not followed: give the API server's own address`,
		};
	const parsed = parse(body);
	if (status >= 200 && status < 300) {
		if (isObject(parsed)) return { kind: "ok", status, body: parsed as T };
		return { kind: "nonsense", message: noJson(contentType) };
	}
	return fromStatus(
		status,
		isObject(parsed) && parsed.kind === "Status" ? parsed : undefined,
		contentType,
		Number(headers["retry-after"]),
	);
}

/** An ERROR event of a watch carries a Status, and a code instead of HTTP's. */
export function fromEvent(status: unknown): Fault {
	if (!isObject(status) || typeof status.code !== "number")
		return { kind: "nonsense", message: "the watch sent an error of no kind" };
	return fromStatus(status.code, status, "application/json", Number.NaN);
}

/**
 * A server-side apply of an object that does not fit its schema: the API server
 * answers 500 without a reason, and the fault is the object's all the same.
 */
export const isUnfit = (message: string): boolean =>
	message.startsWith("failed to create typed patch object");

function fromStatus(
	code: number,
	status: Status | undefined,
	contentType: string,
	retryAfterSeconds: number,
): Fault {
	const message =
		typeof status?.message === "string" && status.message !== ""
			? status.message
			: `HTTP ${code}`;
	if (isUnfit(message))
		return { kind: "refused", status: 422, reason: "Invalid", message };
	if (code >= 500) return { kind: "failing", status: code, message };
	// The API server's own 404 and 429 may be plain text; a page is a proxy's or a portal's.
	if (!status && contentType.includes("html"))
		return {
			kind: "nonsense",
			message: `${noJson(contentType)} (HTTP ${code})`,
		};
	const seconds = Number(
		status?.details?.retryAfterSeconds ?? retryAfterSeconds,
	);
	return {
		kind: "refused",
		status: code,
		reason:
			typeof status?.reason === "string" && status.reason !== ""
				? status.reason
				: (REASONS[code] ?? "Unknown"),
		message,
		...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
	};
}

/** The codes of Node and OpenSSL that mean: there is something, but not who we trust. */
const TLS =
	/^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|CRL_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH|EPROTO$)/;
const TIMEOUT = /^(UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/;
const GARBLED =
	/^(HTTPParserError|HeadersOverflowError|ResponseContentLengthMismatchError)$/;

function fromError(error: Error): Fault {
	// Node tries all addresses of a name and reports the failures together.
	const first = error instanceof AggregateError ? error.errors[0] : undefined;
	const cause = (first ?? error) as Error & { code?: unknown };
	const code = String(cause.code ?? "");
	const message = `${cause.message}${code && !cause.message.includes(code) ? ` (${code})` : ""}`;
	if (GARBLED.test(cause.name))
		return { kind: "nonsense", message: `the answer is not HTTP: ${message}` };
	if (TIMEOUT.test(code)) return silent("timeout", message);
	if (code === "ECONNREFUSED") return silent("refused", message);
	if (TLS.test(code)) return silent("tls", message);
	if (/^UND_ERR_(DESTROYED|CLOSED|ABORTED)$/.test(code))
		return silent("aborted", message);
	return silent("network", message);
}

const silent = (why: Silence, message: string): Fault => ({
	kind: "silent",
	why,
	message,
});

/** The content itself is left out: it is anybody's. */
const noJson = (contentType: string): string =>
	`the answer is not the JSON of a Kubernetes API server (its type is "${contentType.slice(0, 60)}")`;

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `undefined` when it is not JSON. */
function parse(body: readonly Buffer[]): unknown {
	const [only] = body;
	if (!only) return undefined;
	const bytes = body.length === 1 ? only : Buffer.concat(body);
	try {
		return JSON.parse(bytes.toString("utf8"));
	} catch {
		return undefined;
	}
}
