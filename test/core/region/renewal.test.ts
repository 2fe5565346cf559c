/** When the agent renews its tokens, and what it says when it cannot. */
import { describe, expect, it } from "vitest";
import type { Answer, Api, Call } from "../../../src/shell/port.ts";
import { type Renewal, renewing } from "../../../src/shell/region/renewal.ts";

const DAY_MS = 86_400_000;
const ISSUED = "2026-03-01T00:00:00Z";
const END = "2026-03-04T00:00:00Z";

const granted = (token: string): Answer => ({
	kind: "ok",
	status: 201,
	body: {
		apiVersion: "authentication.k8s.io/v1",
		kind: "TokenRequest",
		metadata: { creationTimestamp: ISSUED },
		status: { token, expirationTimestamp: END },
	},
});
const fine = {
	kind: "ok",
	status: 200,
	body: { apiVersion: "v1", kind: "Secret", metadata: {} },
} satisfies Answer;
const refused = (status: number): Answer => ({
	kind: "refused",
	status,
	reason: "Forbidden",
	message: "the token eyJ-secret is not good",
});

/** Runs until so many milliseconds were slept, in no time. */
async function run(
	answers: { place: Answer[]; own?: Answer[] },
	forMs: number,
	account: { namespace: string; name: string } | undefined = {
		namespace: "ops",
		name: "twin-operator-twin",
	},
) {
	const calls: { by: string; call: Call; atMs: number }[] = [];
	const said: string[] = [];
	const used: string[] = [];
	const stop = new AbortController();
	let nowMs = 0;
	const apiOf = (by: string, list: Answer[]): Api => ({
		request: (async (call: Call) => {
			calls.push({ by, call, atMs: nowMs });
			return list.length > 1 ? list.shift() : list[0];
		}) as Api["request"],
		watch: () => Promise.reject(new Error("unused")),
		close: () => {},
	});
	const renewal: Renewal = {
		place: "south",
		secret: "twin-kubeconfig",
		api: apiOf("south", answers.place),
		credential: {
			account: () => account,
			use: (token) => void used.push(token),
			kubeconfig: () => `with ${used.at(-1)}`,
		},
	};
	await renewing(
		renewal,
		{
			api: apiOf("own", answers.own ?? [fine]),
			namespace: "twin-operator-system",
			clock: {
				now: () => nowMs,
				wall: () => new Date(nowMs),
				sleep: async (ms) => {
					nowMs += ms;
					if (nowMs > forMs) stop.abort();
				},
			},
			log: {
				info: (_, message) => void said.push(message),
				warn: (_, message) => void said.push(message),
			},
		},
		stop.signal,
	);
	return { calls, said, used };
}

describe("a token of a ServiceAccount", () => {
	it("is renewed at the start, and then at each third of its life", async () => {
		const { calls, used } = await run(
			{ place: [granted("a"), granted("b"), granted("c")] },
			2.5 * DAY_MS,
		);
		const asked = calls.filter((it) => it.by === "south");
		expect(asked.map((it) => it.atMs)).toEqual([0, DAY_MS, 2 * DAY_MS]);
		expect(asked[0]?.call).toMatchObject({
			verb: "create",
			namespace: "ops",
			name: "twin-operator-twin",
			subresource: "token",
		});
		expect(used).toEqual(["a", "b", "c"]);
	});

	it("is kept in the Secret of the own cluster", async () => {
		const { calls } = await run({ place: [granted("a")] }, 1);
		const kept = calls.find((it) => it.by === "own")?.call;
		expect(kept).toMatchObject({ verb: "merge", name: "twin-kubeconfig" });
		const data = Buffer.from("with a").toString("base64");
		expect(kept?.body).toEqual({ data: { kubeconfig: data } });
	});

	it("that cannot be renewed is told once, with the right that is missing, and tried again", async () => {
		const { calls, said, used } = await run(
			{ place: [refused(403), refused(403), granted("a")] },
			3 * 60_000,
		);
		expect(calls.filter((it) => it.by === "south")).toHaveLength(3);
		expect(said).toHaveLength(2);
		expect(said[0]).toContain(
			"create serviceaccounts/token, resourceNames [twin-operator-twin]",
		);
		expect(said[1]).toBe("the token for south was renewed");
		expect(used).toEqual(["a"]);
	});

	it("that cannot be kept is used all the same", async () => {
		const { said, used } = await run(
			{ place: [granted("a")], own: [refused(403)] },
			1,
		);
		expect(used).toEqual(["a"]);
		expect(said[0]).toContain("patch secrets, resourceNames [twin-kubeconfig]");
	});

	it.each([
		["another object", { ...fine }],
		[
			"no end",
			{
				...granted("a"),
				body: { metadata: {}, status: { token: "a" } },
			} as unknown as Answer,
		],
		["no token", granted("")],
	])("is not taken from %s", async (_, answer) => {
		const { said, used } = await run({ place: [answer] }, 1);
		expect(used).toEqual([]);
		expect(said[0]).toContain("is no token");
	});

	it("is in no word that is said", async () => {
		const silent: Answer = {
			kind: "silent",
			why: "timeout",
			message: "eyJ-secret",
		};
		for (const place of [refused(403), refused(401), silent]) {
			const { said } = await run({ place: [place] }, 1);
			expect(said.join()).not.toContain("eyJ");
		}
	});
});

it("what is no ServiceAccount's is left to who gave it, and that is said", async () => {
	const { calls, said } = await run(
		{ place: [granted("a")] },
		DAY_MS,
		null as never,
	);
	expect(calls).toEqual([]);
	expect(said).toEqual([expect.stringContaining("renew them before they end")]);
});
