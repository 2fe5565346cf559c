/** What kubectl asks before it asks for anything: groups, versions, resources. */
import type { Dict } from "./json.ts";
import { apiVersionOf, type Kind } from "./kinds.ts";
import type { Registry } from "./registry.ts";

const VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"];

export const VERSION = {
	major: "1",
	minor: "37",
	gitVersion: "v1.37.0+embedded",
	gitCommit: "",
	gitTreeState: "clean",
	buildDate: "2026-01-01T00:00:00Z",
	goVersion: "",
	compiler: "",
	platform: "",
};

function resources(kinds: readonly Kind[]): Dict[] {
	return kinds.flatMap((kind): Dict[] => {
		const { kind: name, plural, namespaced } = kind;
		const main = {
			name: plural,
			singularName: kind.singular,
			namespaced,
			kind: name,
			verbs: VERBS,
			...(kind.shortNames.length ? { shortNames: kind.shortNames } : {}),
			...(kind.categories.length ? { categories: kind.categories } : {}),
		};
		if (!kind.status) return [main];
		const status = {
			name: `${plural}/status`,
			singularName: "",
			namespaced,
			kind: name,
			verbs: ["get", "patch", "update"],
		};
		return [main, status];
	});
}

/** The answer to a discovery path, or undefined when it is not one. */
export function discovery(path: string, registry: Registry): Dict | undefined {
	const kinds = registry.all();
	if (path === "/version") return VERSION;
	if (path === "/api") {
		return {
			kind: "APIVersions",
			versions: ["v1"],
			serverAddressByClientCIDRs: [],
		};
	}
	if (path === "/apis") {
		const groups = [...new Set(kinds.map((it) => it.group))].filter(Boolean);
		return {
			kind: "APIGroupList",
			apiVersion: "v1",
			groups: groups.map((it) => group(it, kinds)),
		};
	}
	const [, root, ...rest] = path.split("/");
	if (root === "apis" && rest.length === 1 && rest[0]) {
		const found = kinds.some((it) => it.group === rest[0]);
		return found
			? { kind: "APIGroup", apiVersion: "v1", ...group(rest[0], kinds) }
			: undefined;
	}
	const version = rest.join("/");
	const inside = kinds.filter((it) => apiVersionOf(it) === version);
	const known = root === (version === "v1" ? "api" : "apis");
	if (!known || inside.length === 0) return undefined;
	return {
		kind: "APIResourceList",
		apiVersion: "v1",
		groupVersion: version,
		resources: resources(inside),
	};
}

function group(name: string, kinds: readonly Kind[]): Dict {
	const versions = [
		...new Set(kinds.filter((it) => it.group === name).map(apiVersionOf)),
	].map((groupVersion) => ({
		groupVersion,
		version: groupVersion.split("/")[1],
	}));
	return { name, versions, preferredVersion: versions[0] };
}
