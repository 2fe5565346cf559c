/** What the operator wrote, told apart from everybody else by the name it gives. */
import type { AuditEvent } from "../clusters/real/audit.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";

const OPERATOR = "twin-operator";

/** An administrator's rights under a name of its own. */
export const asOperator = (cluster: RealCluster): Promise<string> =>
	cluster.kubeconfigFor({ user: OPERATOR, groups: ["system:masters"] });

/** Where the log ends now: give it to `writes` as `since`. */
export const mark = (cluster: RealCluster): number => cluster.auditLog().length;

/** Mutating requests of the operator, oldest first: dry runs and Leases left out. */
export function writes(
	cluster: RealCluster,
	since = 0,
	namespace?: string,
): AuditEvent[] {
	return cluster
		.auditLog()
		.slice(since)
		.filter(
			({ user, requestURI, objectRef }) =>
				user.username === OPERATOR &&
				!requestURI.includes("dryRun=") &&
				objectRef?.resource !== "leases" &&
				(namespace === undefined || objectRef?.namespace === namespace),
		);
}

/** `patch twinsides/status`, say. */
export const told = ({ verb, objectRef }: AuditEvent): string =>
	`${verb} ${objectRef?.resource}${objectRef?.subresource ? `/${objectRef.subresource}` : ""}`;
