import { readFileSync } from "node:fs";

/** What a line of the audit log says, as far as tests ask. */
export interface AuditEvent {
	readonly auditID: string;
	readonly verb: string;
	readonly requestURI: string;
	readonly user: { readonly username: string };
	readonly userAgent?: string;
	readonly objectRef?: {
		readonly resource: string;
		readonly namespace?: string;
		readonly name?: string;
		readonly apiGroup?: string;
		readonly subresource?: string;
	};
	/** Of patches by the administrator and the operator. */
	readonly requestObject?: unknown;
	readonly responseStatus?: { readonly code: number };
	readonly requestReceivedTimestamp: string;
	readonly stageTimestamp: string;
}

/** Every mutating request so far, refused ones too. A line that is being written is left for the next time. */
export function readAuditLog(path: string): AuditEvent[] {
	const text = readFileSync(path, "utf8");
	return text
		.slice(0, text.lastIndexOf("\n") + 1)
		.split("\n")
		.filter((it) => it !== "")
		.map((it) => JSON.parse(it) as AuditEvent);
}
