/** Addresses of the Kubernetes API. */
export interface Address {
	readonly group: string;
	readonly version: string;
	readonly plural: string;
	readonly namespace: string | undefined;
	readonly name: string | undefined;
	readonly subresource: string | undefined;
}

/** `/api/v1/namespaces/NS/pods/NAME`, `/apis/GROUP/VERSION/PLURAL`, …; undefined when it is no resource's. */
export function addressed(path: string): Address | undefined {
	const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
	const [root, ...rest] = parts;
	const group =
		root === "api" ? "" : root === "apis" ? rest.shift() : undefined;
	const version = rest.shift();
	if (group === undefined || version === undefined || rest.length === 0)
		return undefined;
	// `/api/v1/namespaces/x` is the namespace itself, with its status below it.
	const inside =
		rest[0] === "namespaces" && rest.length > 2 && rest[2] !== "status";
	const namespace = inside ? rest[1] : undefined;
	const [plural = "", name, subresource, ...more] = inside
		? rest.slice(2)
		: rest;
	if (more.length > 0) return undefined;
	return { group, version, plural, namespace, name, subresource };
}
