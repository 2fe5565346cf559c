/** What people do at an API server, with no network between. */
import { LEASE, NAMESPACE as NAMESPACES } from "../../../src/api/kind.ts";
import type { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import type { Dict } from "../../clusters/embedded/json.ts";
import type { Reply } from "../../clusters/embedded/server.ts";
import { NAMESPACE } from "./machine.ts";

/** Makes the operator's namespace. */
export function furnish(plane: ControlPlane): void {
	const body = {
		apiVersion: "v1",
		kind: "Namespace",
		metadata: { name: NAMESPACE },
	};
	const { status } = plane.server.handle({
		verb: "create",
		...addressOf(NAMESPACES),
		namespace: undefined,
		name: undefined,
		body,
	});
	if (status >= 300) throw new Error(`no namespace at ${plane.name}`);
}

/** Reads or writes a Lease of the operator. */
export const asUser = (
	plane: ControlPlane,
	verb: "get" | "merge",
	name: string,
	body?: Dict,
): Reply =>
	plane.server.handle({
		verb,
		...addressOf(LEASE),
		namespace: NAMESPACE,
		name,
		body,
	});

const addressOf = ({ group, version, plural }: typeof LEASE) => ({
	group,
	version,
	plural,
	subresource: undefined,
	query: {},
	agent: "user",
});
