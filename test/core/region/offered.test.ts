/** What a region offers, and what it writes down of its twin's sides. */
import { describe, expect, it } from "vitest";
import type { PeerSide } from "../../../src/core/region/authority.ts";
import { offered } from "../../../src/core/region/exclusive/offered.ts";
import {
	isNews,
	isOther,
	parsePeer,
	peerAfter,
} from "../../../src/core/region/exclusive/peer.ts";
import type { Peer, SideStatus } from "../../../src/core/region/side.ts";
import { exclusive, gone, twin } from "./exclusive-fixture.ts";
import { type SideSpec, sideObject } from "./fixture.ts";

const OPEN = {
	role: "Standby",
	epoch: 4,
	podsGoneEpoch: 4,
	offeredTo: "twin-uid/6",
} as const;
const open = (status: Partial<SideStatus> = {}, more: SideSpec = {}) =>
	exclusive({ ...more, status: { ...OPEN, ...status } });

describe("an offer (rule 14)", () => {
	const rows: [what: string, side: ReturnType<typeof open>, made: boolean][] = [
		["made when the pods are gone", open(), true],
		["not of an older epoch", open({ podsGoneEpoch: 3 }), false],
		["not by an active side", open({ role: "Active" }), false],
		[
			"not by a side that has offered nothing",
			exclusive({ status: { role: "Standby", epoch: 4, podsGoneEpoch: 4 } }),
			false,
		],
		[
			"not under another policy",
			open({}, { spec: { policy: "Manual" } }),
			false,
		],
		["not by a side that goes", open({}, gone), false],
		[
			"while the twin is as it was",
			open({ peer: { uid: "twin-uid", epoch: 6 } }),
			true,
		],
		[
			"while the twin was read before it",
			open({ peer: { uid: "twin-uid", epoch: 5 } }),
			true,
		],
		[
			"not to a twin that has moved on",
			open({ peer: { uid: "twin-uid", epoch: 7 } }),
			false,
		],
		[
			"not to a twin that was created anew",
			open({ peer: { uid: "new-uid", epoch: 0 } }),
			false,
		],
	];
	it.each(rows)("%s", (_, side, made) => {
		const entry = { side: "twin-uid/6", from: "side-uid" };
		expect([...offered([side])]).toEqual(made ? [["apps/shop", entry]] : []);
	});

	it("comes in the order of names, however the sides came", () => {
		const named = (name: string) => open({}, { metadata: { name } });
		const all = offered(["c", "a", "b"].map(named));
		expect([...all.keys()]).toEqual(["apps/a", "apps/b", "apps/c"]);
	});
});

describe("status.peer", () => {
	const old: Peer = { uid: "twin-uid", epoch: 4 };
	const rows: [
		what: string,
		before: Peer | undefined,
		read: PeerSide | undefined,
		after: Peer | undefined,
	][] = [
		[
			"is written at the first read",
			undefined,
			twin({ epoch: 2 }),
			{ uid: "twin-uid", epoch: 2 },
		],
		[
			"is the greatest epoch",
			old,
			twin({ epoch: 5 }),
			{ uid: "twin-uid", epoch: 5 },
		],
		[
			"of a new uid it is what was read",
			old,
			twin({ uid: "new", epoch: 0 }),
			{ uid: "new", epoch: 0 },
		],
		["stays without a read", old, undefined, old],
		["stays when nothing is known", old, { kind: "unknown" }, old],
		["stays when the side is absent", old, { kind: "absent" }, old],
	];
	it.each(rows)("%s", (_, before, read, after) => {
		expect(peerAfter(before, read)).toEqual(after);
	});

	it("costs no write at rest: it is the very same value", () => {
		expect(peerAfter(old, twin({ epoch: 4 }))).toBe(old);
		expect(peerAfter(old, twin({ epoch: 3 }))).toBe(old);
	});

	const known = exclusive({ status: { role: "Standby", epoch: 1, peer: old } });
	it.each<[string, PeerSide, boolean]>([
		["the same", twin({ epoch: 4 }), false],
		["an older one", twin({ epoch: 3 }), false],
		["a greater epoch", twin({ epoch: 5 }), true],
		["another uid", twin({ uid: "new" }), true],
		["none", { kind: "absent" }, false],
		["nothing", { kind: "unknown" }, false],
	])("is read again when the watch shows %s", (_, hint, news) => {
		expect(isNews(known, hint)).toBe(news);
	});

	it("is read when it was never written", () => {
		expect(isNews(exclusive(), { kind: "unknown" })).toBe(true);
		expect(isNews(exclusive(), { kind: "absent" })).toBe(false);
		expect(isNews(exclusive(gone), { kind: "unknown" })).toBe(false);
	});
});

describe("an object at the twin's API server", () => {
	const object = sideObject({
		spec: { region: "west", twin: "east", policy: "Exclusive" },
		status: {
			role: "Active",
			epoch: 3,
			podsGoneEpoch: 2,
			peer: { uid: "side-uid", epoch: 1 },
		},
	});
	it("is the other side", () => {
		expect(parsePeer(object)).toEqual({
			...twin({ uid: "side-uid", role: "Active", epoch: 3 }),
			podsGoneEpoch: 2,
		});
		expect(isOther(object, exclusive())).toBe(false);
	});

	it("has the role Standby and epoch 0 before it has a status", () => {
		const { status: _, ...bare } = object;
		expect(parsePeer(bare)).toMatchObject({ role: "Standby", epoch: 0 });
		expect(parsePeer(bare)).not.toHaveProperty("podsGoneEpoch");
	});

	it("is not the other side when it is for another region or hub", () => {
		expect(isOther(sideObject(), exclusive())).toBe(true);
		expect(
			isOther(
				{ ...object, metadata: { ...object.metadata, labels: {} } },
				exclusive(),
			),
		).toBe(true);
	});
});
