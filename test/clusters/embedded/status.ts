import type { Dict } from "./json.ts";

/** A request that ends with a metav1.Status. Thrown inside the server, caught at its door. */
export class Refusal extends Error {
	readonly code: number;
	readonly body: Dict;
	constructor(code: number, reason: string, message: string, details?: Dict) {
		super(message);
		this.code = code;
		this.body = {
			kind: "Status",
			apiVersion: "v1",
			metadata: {},
			status: "Failure",
			message,
			reason,
			...(details ? { details } : {}),
			code,
		};
	}
}

export interface Named {
	readonly group: string;
	readonly plural: string;
	readonly kind: string;
}

export interface Cause {
	readonly reason:
		| "FieldValueInvalid"
		| "FieldValueRequired"
		| "FieldValueNotSupported"
		| "FieldValueForbidden"
		| "FieldValueTypeInvalid"
		| "FieldValueTooMany"
		| "FieldValueTooLong"
		| "FieldValueDuplicate";
	readonly field: string;
	readonly message: string;
}

const qualified = ({ group, plural }: Named): string =>
	group ? `${plural}.${group}` : plural;
const details = (of: Named, name: string, more: Dict = {}): Dict => ({
	name,
	...(of.group ? { group: of.group } : {}),
	kind: of.plural,
	...more,
});

export const notFound = (of: Named, name: string): Refusal =>
	new Refusal(
		404,
		"NotFound",
		`${qualified(of)} "${name}" not found`,
		details(of, name),
	);

/** An address that no resource answers to. */
export const noSuchResource = (): Refusal =>
	new Refusal(
		404,
		"NotFound",
		"the server could not find the requested resource",
		{},
	);

export const alreadyExists = (of: Named, name: string): Refusal =>
	new Refusal(
		409,
		"AlreadyExists",
		`${qualified(of)} "${name}" already exists`,
		details(of, name),
	);

export const conflict = (of: Named, name: string, why: string): Refusal =>
	new Refusal(
		409,
		"Conflict",
		`Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`,
		details(of, name),
	);

export const MODIFIED =
	"the object has been modified; please apply your changes to the latest version and try again";

export const badRequest = (message: string): Refusal =>
	new Refusal(400, "BadRequest", message);

export const forbidden = (
	of: Named,
	name: string,
	why: string,
	causes?: readonly Dict[],
): Refusal =>
	new Refusal(
		403,
		"Forbidden",
		`${qualified(of)} "${name}" is forbidden: ${why}`,
		details(of, name, causes ? { causes } : {}),
	);

export const expired = (message: string): Refusal =>
	new Refusal(410, "Expired", message);

const causeText = (cause: Cause): string => `${cause.field}: ${cause.message}`;

export function invalid(
	of: Named,
	name: string,
	causes: readonly Cause[],
): Refusal {
	const all = causes.map(causeText);
	const joined = all.length === 1 ? all[0] : `[${all.join(", ")}]`;
	const kind = of.group ? `${of.kind}.${of.group}` : of.kind;
	return new Refusal(
		422,
		"Invalid",
		`${kind} "${name}" is invalid: ${joined}`,
		{
			name,
			...(of.group ? { group: of.group } : {}),
			kind: of.kind,
			causes,
		},
	);
}

/** Server-side apply without a field manager. */
export const noManager = (): Refusal =>
	invalid(
		{ group: "meta.k8s.io", plural: "patchoptions", kind: "PatchOptions" },
		"",
		[
			{
				reason: "FieldValueRequired",
				field: "fieldManager",
				message: "Required value: is required for apply patch",
			},
		],
	);
