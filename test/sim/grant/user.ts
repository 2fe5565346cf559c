/** What people do at an API server, with no network between. */
import { LEASE, NAMESPACE as NAMESPACES } from "../../../src/api/kind.ts";
import {
	FORCE,
	FORCE_ANSWER,
	grantName,
} from "../../../src/core/region/grant/lease.ts";
import type { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { at, type Dict, text } from "../../clusters/embedded/json.ts";
import type { Reply } from "../../clusters/embedded/server.ts";
import { NAMESPACE } from "./machine.ts";
import { type Name, type Pair, twinOf } from "./pair.ts";

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

/** Rule 19: a person takes the twin's grant for the region `name` by hand. */
export function force(pair: Pair, name: Name): void {
	const body = { spec: { holderIdentity: name } };
	asUser(pair.planes[name], "merge", twinGrant(name), body);
	pair.say(`the grant of ${twinOf(name)} is forced`);
}

/** Rule 19 as it is offered: the name of the region that is lost is typed. */
export function declareLost(
	pair: Pair,
	name: Name,
	typed: string = twinOf(name),
): void {
	const body = { metadata: { annotations: { [FORCE]: typed } } };
	asUser(pair.planes[name], "merge", twinGrant(name), body);
	pair.say(`${typed} is declared lost in ${name}`);
}

/** What the person is told. */
export function forceAnswer(pair: Pair, name: Name): string {
	const { body } = asUser(pair.planes[name], "get", twinGrant(name));
	return text(at(body, "metadata", "annotations", FORCE_ANSWER));
}

const twinGrant = (name: Name): string => grantName(twinOf(name), name);
