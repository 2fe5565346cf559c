import { describe, expect, it } from "vitest";
import { Queue, type QueueOptions, type Turn } from "../../src/shell/queue.ts";
import { backoffMs } from "../../src/shell/retry.ts";
import { VirtualClock } from "../clusters/embedded/clock.ts";

const SILENT = { info: () => {}, warn: () => {} };

function scene(
	handle: (key: string, signal: AbortSignal) => Promise<Turn>,
	options: Partial<QueueOptions> = {},
) {
	const clock = new VirtualClock();
	const queue = new Queue({
		name: "test",
		clock,
		random: () => 0,
		log: SILENT,
		concurrency: 2,
		handle,
		...options,
	});
	return { clock, queue };
}

describe("Queue", () => {
	it("gives a key added many times one turn", async () => {
		const turns: string[] = [];
		const { clock, queue } = scene(async (key) => void turns.push(key));
		for (let i = 0; i < 5; i++) queue.add("a");
		queue.add("b");
		await clock.advance(0);
		expect(turns).toEqual(["a", "b"]);
	});

	it("never runs a key twice at the same time, and once more when it was added meanwhile", async () => {
		let now = 0;
		let most = 0;
		let turns = 0;
		const { clock, queue } = scene(async () => {
			most = Math.max(most, ++now);
			turns++;
			await clock.sleep(100);
			now--;
		});
		queue.add("a");
		await clock.advance(10);
		for (let i = 0; i < 3; i++) queue.add("a");
		await clock.advance(1_000);
		expect({ most, turns }).toEqual({ most: 1, turns: 2 });
	});

	it("runs as many keys at the same time as allowed, and no more", async () => {
		let most = 0;
		const { clock, queue } = scene(
			async () => {
				most = Math.max(most, queue.running);
				await clock.sleep(10);
			},
			{ concurrency: 3 },
		);
		for (let i = 0; i < 10; i++) queue.add(`k${i}`);
		await clock.advance(1_000);
		expect(most).toBe(3);
		expect(queue.depth).toBe(0);
	});

	it("takes lower priority numbers first, and the better one of two adds", async () => {
		const turns: string[] = [];
		const { clock, queue } = scene(
			async (key) => {
				turns.push(key);
				await clock.sleep(1);
			},
			{ concurrency: 1 },
		);
		queue.add("routine", 5);
		queue.add("later", 9);
		queue.add("promotion", 1);
		queue.add("later", 0);
		await clock.advance(100);
		expect(turns).toEqual(["later", "promotion", "routine"]);
	});

	it("backs off by key after a throw, goes on with others, and starts anew after success", async () => {
		const at: number[] = [];
		let others = 0;
		let fail = true;
		const { clock, queue } = scene(
			async (key) => {
				if (key === "other") return void others++;
				at.push(clock.now());
				if (fail) throw new Error("broken");
			},
			{ backoff: { firstMs: 200, maxMs: 1_000 } },
		);
		queue.add("bad");
		queue.add("other");
		// random() = 0: half of 200, 400, 800, 1000, 1000.
		await clock.advance(1_700);
		expect(at).toEqual([0, 100, 300, 700, 1_200, 1_700]);
		expect(others).toBe(1);
		fail = false;
		await clock.advance(500);
		fail = true;
		queue.add("bad");
		await clock.advance(100);
		expect(at.slice(-2)).toEqual([2_200, 2_300]);
	});

	it("takes a changed key at once, back-off or not", async () => {
		const at: number[] = [];
		const { clock, queue } = scene(async () => {
			at.push(clock.now());
			return "retry";
		});
		queue.add("a");
		await clock.advance(1);
		queue.add("a");
		await clock.advance(1);
		expect(at).toEqual([0, 1]);
	});

	it("keeps the delay that ends first", async () => {
		const at: number[] = [];
		const { clock, queue } = scene(async () => void at.push(clock.now()));
		queue.addAfter("a", 500);
		queue.addAfter("a", 100);
		queue.addAfter("a", 900);
		await clock.advance(2_000);
		expect(at).toEqual([100]);
	});

	it("comes back when a turn asks for it", async () => {
		const at: number[] = [];
		const { clock, queue } = scene(async () => {
			at.push(clock.now());
			return at.length < 3 ? { afterMs: 1_000 } : undefined;
		});
		queue.add("a");
		await clock.advance(10_000);
		expect(at).toEqual([0, 1_000, 2_000]);
	});

	it("does not come back for ever at one moment, for a rest that the clock cannot show", async () => {
		const turns: number[] = [];
		const { clock, queue } = scene(async () => {
			turns.push(clock.now());
			const leftMs = 1e6 + 1e-11 - clock.now();
			return leftMs > 0 || turns.length < 3 ? { afterMs: 1e-11 } : undefined;
		});
		await clock.advance(1e6);
		queue.add("a");
		await clock.advance(10);
		expect(turns).toEqual([1e6, 1e6 + 1, 1e6 + 2]);
	});

	it("forgets a key's delay", async () => {
		let turns = 0;
		const { clock, queue } = scene(async () => void turns++);
		queue.addAfter("a", 100);
		queue.forget("a");
		await clock.advance(1_000);
		expect(turns).toBe(0);
	});

	it("stops: waits for turns that run, begins no other", async () => {
		const turns: string[] = [];
		const { clock, queue } = scene(
			async (key) => {
				await clock.sleep(100);
				turns.push(key);
				return "retry";
			},
			{ concurrency: 1 },
		);
		queue.add("a");
		queue.add("b");
		await clock.advance(10);
		const stopped = queue.stop(5_000);
		queue.add("c");
		await clock.advance(10_000);
		expect(await stopped).toBe(true);
		expect(turns).toEqual(["a"]);
	});

	it("stops: aborts a turn that hangs, after the deadline", async () => {
		let aborted = false;
		const { clock, queue } = scene(async (_key, signal) => {
			signal.addEventListener("abort", () => {
				aborted = true;
			});
			await new Promise(() => {});
		});
		queue.add("a");
		await clock.advance(1);
		let drained: boolean | undefined;
		void queue.stop(5_000).then((it) => {
			drained = it;
		});
		await clock.advance(4_999);
		expect({ drained, aborted }).toEqual({
			drained: undefined,
			aborted: false,
		});
		await clock.advance(2);
		expect({ drained, aborted }).toEqual({ drained: false, aborted: true });
	});
});

describe("backoffMs", () => {
	it.each([
		[0, 0, 50],
		[0, 1, 100],
		[3, 1, 800],
		[9, 1, 1_000],
		[5_000, 0, 500],
	])("after %i failures with random %d: %i ms", (failures, random, ms) => {
		const backoff = { firstMs: 100, maxMs: 1_000 };
		expect(backoffMs(failures, () => random, backoff)).toBe(ms);
	});
});
