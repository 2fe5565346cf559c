import { expect, it } from "vitest";
import { SECRET, TWIN_SIDE } from "../../src/api/kind.ts";
import type { Answer, Api, Call, Metrics } from "../../src/shell/port.ts";
import { sayingRights } from "../../src/shell/rights.ts";

const refusal = (message: string): Answer<never> => ({
	kind: "refused",
	status: 403,
	reason: "Forbidden",
	message,
});
const NO_RIGHT = refusal(
	'secrets "web" is forbidden: User "operator" cannot patch resource "secrets" in API group "" in the namespace "shop"',
);

function world(answer: Answer<never>) {
	let nowMs = 0;
	const missing = new Map<string, number>();
	const labelsOf = (it: object) => Object.values(it).join(" ");
	const said: [object, string][] = [];
	const now = { answer };
	const api: Api = {
		request: async <T>() => now.answer as Answer<T>,
		watch: async () => ({ kind: "failed", answer: now.answer }),
		close: () => {},
	};
	const log = {
		info: () => {},
		warn: (fields: object, message: string) =>
			void said.push([fields, message]),
	};
	const metrics = {
		set: (_: string, labels: object, value: number) =>
			void missing.set(labelsOf(labels), value),
		drop: (_: string, labels: object) => void missing.delete(labelsOf(labels)),
	} as unknown as Metrics;
	const clock = { now: () => nowMs };
	return {
		said,
		now,
		missing,
		pass: (minutes: number) => {
			nowMs += minutes * 60_000;
		},
		api: sayingRights(api, "north", { clock, log, metrics }),
	};
}

const apply = (name: string): Call => ({
	verb: "apply",
	resource: SECRET,
	namespace: "shop",
	name,
	timeoutMs: 1_000,
});

it("names the right and where it is missing, with what to do", async () => {
	const { api, said } = world(NO_RIGHT);
	expect(await api.request(apply("web"))).toBe(NO_RIGHT);
	expect(said).toEqual([
		[
			{ cluster: "north" },
			expect.stringMatching(
				/^a right of the operator is missing at north: .*cannot patch resource "secrets".*: give it back /,
			),
		],
	]);
});

it("is said once for all objects, and again after a while", async () => {
	const { api, said, pass } = world(NO_RIGHT);
	for (const it of ["a", "b", "c"]) await api.request(apply(it));
	expect(said).toHaveLength(1);
	pass(9);
	await api.request(apply("a"));
	expect(said).toHaveLength(1);
	pass(1);
	await api.request(apply("a"));
	expect(said).toHaveLength(2);
});

it("another verb, kind or subresource is another right", async () => {
	const { api, said } = world(NO_RIGHT);
	const side = { ...apply("a"), resource: TWIN_SIDE };
	await api.request(apply("a"));
	await api.request({ ...apply("a"), verb: "delete" });
	await api.request(side);
	await api.request({ ...side, subresource: "status" });
	const signal = new AbortController().signal;
	await api.watch({
		...{ resource: TWIN_SIDE, resourceVersion: "1", signal },
		onEvent: () => {},
	});
	expect(said).toHaveLength(5);
});

it("is measured until it is there, which silence does not show", async () => {
	const { api, now, missing } = world(NO_RIGHT);
	await api.request(apply("a"));
	expect([...missing]).toEqual([["north patch secrets", 1]]);
	now.answer = { kind: "silent", why: "timeout", message: "no answer" };
	await api.request(apply("a"));
	expect(missing.size).toBe(1);
	now.answer = { ...NO_RIGHT, status: 409 } as Answer<never>;
	await api.request(apply("a"));
	expect(missing.size).toBe(0);
	now.answer = NO_RIGHT;
	await api.request(apply("a"));
	api.close();
	expect(missing.size).toBe(0);
});

it.each([
	["a quota", refusal('pods "web" is forbidden: exceeded quota: small')],
	["admission", refusal('pods "web" is forbidden: violates PodSecurity')],
	[
		"a conflict",
		{ ...refusal('User "x" cannot patch resource "y"'), status: 409 },
	],
	["silence", { kind: "silent", why: "timeout", message: "no answer" }],
] as [string, Answer<never>][])("%s is no missing right", async (_, answer) => {
	const { api, said } = world(answer);
	await api.request(apply("web"));
	expect(said).toEqual([]);
});
