/** Which of several hub operators works: the rules. */
import { describe, expect, it } from "vitest";
import {
	type Action,
	answered,
	beginTurn,
	initialLeadership,
	LEADER_PROFILE,
	type Leadership,
	leads,
	look,
	next,
	release,
} from "../../../src/core/hub/leader.ts";
import type { Outcome } from "../../../src/core/region/grant/answered.ts";
import type { Lease } from "../../../src/core/region/grant/lease.ts";
import { timingFault } from "../../../src/core/region/grant/timing.ts";
import { at, lease } from "../region/grant/fixture.ts";

/** One process, one request at a time. */
class Bench {
	state: Leadership = initialLeadership("a", at(0));

	/** What a new turn asks for. */
	ask(seconds: number): Action | undefined {
		this.state = beginTurn(look(this.state, at(seconds)));
		return this.more(seconds);
	}

	more = (seconds: number) => next(this.state, at(seconds));

	answer(action: Action | undefined, said: Outcome, sent: number, took = 0) {
		if (!action) throw new Error("nothing was asked");
		const times = { sent: at(sent), received: at(sent + took) };
		this.state = answered(this.state, action, said, times);
	}

	read(seconds: number, said: Lease | "absent" | "unknown"): void {
		const action = this.ask(seconds);
		expect(action).toEqual({ kind: "read" });
		this.answer(action, outcome(said), seconds);
	}

	/** Leads from the sending at second 0. */
	static leading(): Bench {
		const bench = new Bench();
		bench.read(0, mine("1", ""));
		bench.answer(bench.more(0), outcome(mine("2")), 0);
		return bench;
	}

	leads = (seconds: number) => leads(this.state, at(seconds));
}

const outcome = (said: Lease | "absent" | "unknown" | "conflict"): Outcome =>
	typeof said === "string" ? { kind: said } : { kind: "lease", lease: said };
const mine = (resourceVersion: string, holder = "a") =>
	lease({ resourceVersion, holder });
const theirs = (resourceVersion: string) => mine(resourceVersion, "b");

describe("a candidate", () => {
	it("makes the Lease that was never there", () => {
		const bench = new Bench();
		bench.read(0, "absent");
		expect(bench.more(0)).toEqual({ kind: "create" });
		bench.answer(bench.more(0), outcome(mine("1")), 0);
		expect(bench.leads(7.9)).toBe(true);
	});

	it("takes at once what was given back", () => {
		const bench = new Bench();
		bench.read(0, mine("7", ""));
		expect(bench.more(0)).toMatchObject({ kind: "swap", holder: "a" });
	});

	it("takes what it saw unchanged from the receipt of the first read on, and from that version", () => {
		const bench = new Bench();
		bench.answer(bench.ask(0), outcome(theirs("1")), 0, 1.5);
		bench.read(12.4, theirs("1"));
		expect(bench.more(12.4)).toBeUndefined();
		bench.read(12.5, theirs("1"));
		expect(bench.more(12.5)).toMatchObject({
			kind: "swap",
			from: { resourceVersion: "1" },
			holder: "a",
		});
	});

	it("counts anew with each version, and with a Lease that was deleted", () => {
		for (const other of [theirs("2"), "absent"] as const) {
			const bench = new Bench();
			bench.read(0, theirs("1"));
			bench.read(10, other);
			bench.read(20.9, other);
			expect(bench.more(20.9)).toBeUndefined();
			bench.read(21, other);
			expect(bench.more(21)?.kind).toBe(other === "absent" ? "create" : "swap");
		}
	});

	it("counts anew when its clocks jump", () => {
		const bench = new Bench();
		bench.read(0, theirs("1"));
		bench.state = look(bench.state, { ...at(6), wallMs: 3_600_000 });
		bench.state = look(bench.state, { ...at(12), wallMs: 3_606_000 });
		bench.state = beginTurn(bench.state);
		const now = { ...at(12), wallMs: 3_606_000 };
		bench.state = answered(
			bench.state,
			{ kind: "read" },
			outcome(theirs("1")),
			{ sent: now, received: now },
		);
		expect(next(bench.state, now)).toBeUndefined();
	});

	it("does not lead by a write that was lost to another, or whose answer is missing", () => {
		const bench = new Bench();
		bench.read(0, mine("7", ""));
		bench.answer(bench.more(0), outcome("conflict"), 0);
		expect(bench.more(0)).toEqual({ kind: "read" });
		bench.answer(bench.more(0), outcome(theirs("8")), 0);
		expect(bench.more(0)).toBeUndefined();
		bench.read(2, mine("9", ""));
		bench.answer(bench.more(2), outcome("unknown"), 2, 2);
		expect(bench.leads(4)).toBe(false);
		// It was made after all: counted from the next renewal.
		bench.read(4, mine("10"));
		expect(bench.leads(4)).toBe(false);
		bench.answer(bench.more(4), outcome(mine("11")), 4);
		expect(bench.leads(11.9)).toBe(true);
	});
});

describe("a leader", () => {
	it("leads from the sending of its last acknowledged renewal, not from the answer", () => {
		const bench = Bench.leading();
		expect(bench.ask(2)).toMatchObject({ from: { resourceVersion: "2" } });
		bench.answer(bench.more(2), outcome(mine("3")), 2, 1.9);
		expect(bench.leads(9.9)).toBe(true);
		expect(bench.leads(10)).toBe(false);
	});

	it("is lost for good once it has lapsed, whatever is acknowledged later", () => {
		const bench = Bench.leading();
		const action = bench.ask(7);
		bench.answer(action, outcome(mine("3")), 7, 2);
		expect(bench.state.lost).toContain("8 s");
		expect(bench.leads(9)).toBe(false);
		expect(bench.ask(9)).toBeUndefined();
		expect(release(bench.state)).toBeUndefined();
	});

	it("believes the clock that goes furthest: one may not count a suspend", () => {
		const { state } = Bench.leading();
		const now = { monotonicMs: 1_000, bootMs: 9_000, wallMs: 9_000 };
		expect(leads(state, now)).toBe(false);
	});

	it("is lost when its clocks jump apart, as after a pause of the whole machine", () => {
		const bench = Bench.leading();
		bench.state = look(bench.state, { ...at(1), wallMs: 60_000 });
		expect(bench.state.lost).toContain("clocks");
	});

	it("is lost when another one holds the Lease, and when it was given away by hand", () => {
		for (const other of [theirs("9"), mine("9", "")]) {
			const bench = Bench.leading();
			bench.answer(bench.ask(2), outcome("conflict"), 2);
			bench.answer(bench.more(2), outcome(other), 2);
			expect(bench.state.lost).toContain("holds the Lease");
			expect(bench.leads(2)).toBe(false);
		}
	});

	it("reads after an unknown answer and renews what it finds", () => {
		const bench = Bench.leading();
		bench.answer(bench.ask(2), outcome("unknown"), 2, 2);
		expect(bench.more(4)).toBeUndefined();
		bench.read(4, mine("3"));
		expect(bench.more(4)).toMatchObject({ from: { resourceVersion: "3" } });
	});

	it("makes a deleted Lease anew", () => {
		const bench = Bench.leading();
		bench.answer(bench.ask(2), outcome("absent"), 2);
		expect(bench.ask(4)).toEqual({ kind: "create" });
		bench.answer(bench.more(4), outcome(mine("1")), 4);
		expect(bench.leads(11.9)).toBe(true);
	});

	it("gives it back from the version it wrote", () => {
		expect(release(Bench.leading().state)).toMatchObject({
			from: { resourceVersion: "2" },
			holder: "",
		});
	});
});

it("its figures are safe and live by the inequalities of the grants", () => {
	expect(timingFault(LEADER_PROFILE)).toBeUndefined();
});
