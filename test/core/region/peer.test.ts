/** Reads of the twin's sides: what counts as known, and that a dead twin holds nobody up. */
import { expect, it } from "vitest";
import type { Answer, Api, Call } from "../../../src/shell/port.ts";
import { Peer } from "../../../src/shell/region/peer.ts";
import { VirtualClock } from "../../clusters/embedded/clock.ts";
import { exclusive, twin } from "./exclusive-fixture.ts";
import { sideObject } from "./fixture.ts";

const SILENT: Answer<never> = {
	kind: "silent",
	why: "timeout",
	message: "no answer",
};
const refused = (status: number): Answer<never> => ({
	kind: "refused",
	status,
	reason: "",
	message: "",
});
const west = (metadata: object = {}, spec: object = {}) =>
	sideObject({
		metadata: { uid: "twin-uid", ...metadata },
		spec: { region: "west", twin: "east", policy: "Exclusive", ...spec },
		status: { podsGoneEpoch: 0, peer: { uid: "side-uid", epoch: 0 } },
	});
const ok = (body: ReturnType<typeof west>): Answer => ({
	kind: "ok",
	status: 200,
	body,
});

function peerThat(answer: (call: Call) => Answer) {
	const clock = new VirtualClock();
	const calls: Call[] = [];
	const api: Api = {
		request: async <T>(call: Call) => {
			calls.push(call);
			return answer(call) as Answer<T>;
		},
		watch: async () => ({ kind: "closed" }),
		close: () => {},
	};
	const peer = new Peer({
		...{ region: "east", installation: "default", api, clock },
		random: () => 0.5,
		log: { info: () => {}, warn: () => {} },
		...{ requestMs: 1_000, periodMs: 2_000 },
		onChange: () => {},
		onConnected: () => {},
	});
	const read = () => peer.read(exclusive(), new AbortController().signal);
	return { clock, calls, read };
}

it.each<[string, Answer, string]>([
	["the side", ok(west()), "present"],
	["a 404", refused(404), "absent"],
	["refused credentials", refused(401), "unknown"],
	["missing rights", refused(403), "unknown"],
	["errors", { kind: "failing", status: 500, message: "" }, "unknown"],
	["nonsense", { kind: "nonsense", message: "" }, "unknown"],
	["silence", SILENT, "unknown"],
	["a side of another hub", ok(west({ labels: {} })), "unknown"],
	["a side of another region", ok(west({}, { region: "north" })), "unknown"],
	["the own side", ok(west({ uid: "side-uid" })), "unknown"],
])("takes %s for what it is", async (_, answer, kind) => {
	const { read, calls } = peerThat(() => answer);
	expect((await read()).kind).toBe(kind);
	expect(calls).toMatchObject([
		{ verb: "get", namespace: "apps", name: "shop", timeoutMs: 1_000 },
	]);
	expect(calls[0]?.query).toBeUndefined();
});

it("reads all that the rules look at", async () => {
	const { read } = peerThat(() => ok(west()));
	expect(await read()).toEqual(twin());
});

it("asks nothing for R after a silence, for whichever side", async () => {
	let alive = false;
	const { read, calls, clock } = peerThat(() => (alive ? ok(west()) : SILENT));
	await read();
	alive = true;
	await clock.advance(1_999);
	expect((await read()).kind).toBe("unknown");
	expect(calls.length).toBe(1);
	await clock.advance(1);
	expect((await read()).kind).toBe("present");
});
