import { type Dict, isDict, text } from "./json.ts";
import { apiVersionOf, type Kind } from "./kinds.ts";
import { type Random, suffixFrom } from "./seed.ts";
import type { Ask } from "./server.ts";
import { badRequest } from "./status.ts";

/** The body with name and namespace of the address. */
export function addressedBody(kind: Kind, ask: Ask, random: Random): Dict {
	const body = ask.body;
	if (!isDict(body) || !isDict(body.metadata))
		throw badRequest("the request body is not an object with metadata");
	const sent = body.metadata;
	const wanted = apiVersionOf(kind);
	if (body.kind !== kind.kind || body.apiVersion !== wanted) {
		throw badRequest(
			`the API version in the data (${text(body.apiVersion)}) does not match the expected API version (${wanted})`,
		);
	}
	if (sent.namespace && sent.namespace !== (ask.namespace ?? "")) {
		throw badRequest(
			"the namespace of the provided object does not match the namespace sent on the request",
		);
	}
	if (ask.name && sent.name && sent.name !== ask.name) {
		throw badRequest(
			"the name of the object does not match the name on the URL",
		);
	}
	const generated =
		sent.generateName && !sent.name
			? `${text(sent.generateName)}${suffixFrom(random)}`
			: undefined;
	const name = sent.name ?? ask.name ?? generated;
	const space = kind.namespaced ? { namespace: ask.namespace } : {};
	return {
		...body,
		metadata: { ...sent, ...(name ? { name } : {}), ...space },
	};
}
