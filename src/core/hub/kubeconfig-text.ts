/** The kubeconfig of one cluster and one user, as text. JSON is YAML. */
export const kubeconfigOf = (
	name: string,
	cluster: Readonly<Record<string, unknown>>,
	user: Readonly<Record<string, unknown>>,
): string =>
	JSON.stringify({
		apiVersion: "v1",
		kind: "Config",
		"current-context": name,
		clusters: [{ name, cluster }],
		users: [{ name, user }],
		contexts: [{ name, context: { cluster: name, user: name } }],
	});

/** Own fields only, so that a key such as `__proto__` is nothing special. */
export const isSet = (
	of: Readonly<Record<string, unknown>>,
	field: string,
): boolean => Object.hasOwn(of, field) && Boolean(of[field]);
