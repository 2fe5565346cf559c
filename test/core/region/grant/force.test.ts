/** Rule 19. */
import { describe, expect, it } from "vitest";
import { at, Bench, lease, words } from "./fixture.ts";

const grant = lease({ uid: "o", resourceVersion: "10", renewTime: "1" });
const asked = { ...grant, resourceVersion: "11", force: "south" };
const hub = lease({ uid: "h", resourceVersion: "20" });
const due = "force 11";

/** Asked at second 1; read once a second since then. */
function standing(seconds: number, from = asked): Bench {
	const bench = new Bench();
	bench.read("peerAtOwn", grant, 0.5);
	for (let now = 1; now <= seconds + 1; now += 1)
		bench.read("peerAtOwn", from, now);
	return bench;
}

const answerOf = (bench: Bench, now: number): string | undefined => {
	const action = bench.more("peerAtOwn", now);
	return action?.kind === "swap" ? action.change.forceAnswer : undefined;
};

describe("a twin that is declared lost", () => {
	it.each([
		[11, "nothing"],
		[12, due],
	])(
		"its grant is taken after D_p, counted from the word: %i s",
		(seconds, expected) => {
			const bench = standing(seconds);
			expect(words(bench.more("peerAtOwn", seconds + 1.1))).toBe(expected);
		},
	);

	it("the change says who has the grant, and ends the word", () => {
		const action = standing(12).more("peerAtOwn", 13.1);
		expect(action).toMatchObject({
			from: asked,
			change: { holder: "north", ready: false },
		});
		expect(answerOf(standing(12), 13.1)).toMatch(/^done: /);
	});

	it("one that had taken over is told to come back without its records", () => {
		const bench = standing(12);
		bench.read("atHub", { ...hub, holder: "south" }, 13);
		expect(answerOf(bench, 13.1)).toMatch(
			/south had the grant of north, .* kubectl twin restore-region\.$/,
		);
		expect(answerOf(standing(12), 13.1)).not.toContain("restore-region");
	});

	it("nothing without the word, however long it stands still", () => {
		const bench = standing(60, grant);
		expect(words(bench.more("peerAtOwn", 61.1))).toBe("nothing");
	});

	it("waits while the hub shows renewals, and no longer than it answers", () => {
		const bench = standing(12);
		bench.read("peerAtHub", hub, 12.5);
		expect(words(bench.more("peerAtOwn", 13.1))).toBe("nothing");
		for (let now = 14; now <= 25; now += 1) bench.read("peerAtOwn", asked, now);
		expect(words(bench.more("peerAtOwn", 25.1))).toBe(due);
	});
});

describe("is refused, in words", () => {
	it.each<[string, (bench: Bench) => void, RegExp]>([
		[
			"another name",
			(it) => it.read("peerAtOwn", { ...asked, force: "nroth" }, 2),
			/^refused: .* is south, and another name was typed/,
		],
		[
			"the grant is here already",
			(it) => it.read("peerAtOwn", { ...asked, holder: "north" }, 2),
			/has the grant of south already/,
		],
		[
			"the twin renews here",
			(it) =>
				it.read(
					"peerAtOwn",
					{ ...asked, resourceVersion: "12", renewTime: "2" },
					2,
				),
			/so it runs/,
		],
		[
			"the twin renews at the hub",
			(it) => {
				it.read("peerAtHub", { ...hub, renewTime: "1" }, 2);
				it.read(
					"peerAtHub",
					{ ...hub, resourceVersion: "21", renewTime: "2" },
					3,
				);
				it.read("peerAtOwn", asked, 3.1);
			},
			/so it runs/,
		],
	])("%s", (_, act, answer) => {
		const bench = standing(1);
		act(bench);
		expect(answerOf(bench, 3.2)).toMatch(answer);
		expect(words(bench.more("peerAtOwn", 3.2))).toMatch(/^refuse /);
	});

	it("and the word that a person writes is no renewal", () => {
		const bench = new Bench();
		bench.read("peerAtOwn", grant, 0.5);
		bench.read("peerAtOwn", asked, 1);
		expect(bench.grant.peerRenewedAt).toBeUndefined();
		expect(bench.grant.forceSince).toEqual(at(1));
	});
});
