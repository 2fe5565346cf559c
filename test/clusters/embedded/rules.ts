/** x-kubernetes-validations of a schema, looked at with old and new value. */
import type { Dict } from "./json.ts";
import type { Cause } from "./status.ts";

export function faultsOfRules(
	_object: Dict,
	_before: Dict | undefined,
	_schema: Dict,
): Cause[] {
	return [];
}
