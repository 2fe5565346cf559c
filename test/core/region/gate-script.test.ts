/** The gate's script, run by a shell against small servers (gate-world.ts). */
import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
	ANSWERS,
	inWorld,
	LONG_SECONDS,
	type Naps,
	SECONDS,
	uptime,
} from "./gate-world.ts";

/** Many small programs are started here: a loaded machine takes its time over them. */
const BUSY = { timeout: 180_000 };

const FAULTS = Object.keys(ANSWERS).filter((it) => it !== "yes");

describe.concurrent("a gate", BUSY, () => {
	it(
		"opens at a yes, and stays open with every further one",
		inWorld(async (world) => {
			world.start(LONG_SECONDS);
			await world.open();
			await world.goesOn();
			expect(world.said).toBe("");
		}),
	);

	it.each(FAULTS)("stays shut, and goes on asking, at %s", (answer) =>
		inWorld(async (world) => {
			world.answer(answer);
			world.start(LONG_SECONDS);
			await world.asked(2);
			expect([world.code, world.isOpen]).toEqual([undefined, false]);
			world.answer("yes");
			await world.open();
		})(),
	);

	it.each(FAULTS)("kills soon after the last yes: %s", (answer) =>
		inWorld(async (world) => {
			world.start();
			await world.open();
			const lastYesBefore = uptime();
			world.answer(answer);
			await world.killing();
			const took = uptime() - lastYesBefore;
			// From the sending of the last yes, which was at most a round before.
			expect(took).toBeGreaterThan((SECONDS - 2) * 100);
			expect(took).toBeLessThan((SECONDS + 15) * 100);
		})(),
	);

	it.each<[string, Naps]>([
		["as busybox has it", {}],
		["where sleep takes whole seconds", { whole: true, usleep: true }],
	])("goes on killing until it is told to end, %s", (_, naps) =>
		inWorld(async (world) => {
			world.naps = naps;
			world.start();
			await world.open();
			world.answer("no");
			await world.killing();
			// A yes comes too late: what was killed has to be started anew.
			world.answer("yes");
			await world.killing();
			expect(world.napped).toBe(naps.usleep === true);
			world.terminate();
			expect([await world.ended(), world.isOpen]).toEqual([1, false]);
		})(),
	);

	it(
		"kills nothing in the other form",
		inWorld(async (world) => {
			world.start(SECONDS, world.urls, "Exit");
			await world.open();
			world.answer("no");
			expect(await world.ended()).toBe(1);
			expect(world.said).not.toContain("kill");
		}),
	);

	it(
		"goes on while its agent restarts quickly",
		inWorld(async (world) => {
			world.start(LONG_SECONDS, [world.first.url]);
			await world.open();
			await world.first.stop();
			await world.first.start();
			await world.goesOn();
		}),
	);

	it.each(["silence", "slow", "no", "an endless page"])(
		"is content with one agent of three, the others dead or saying %s",
		(answer) =>
			inWorld(async (world) => {
				world.second.answer = answer;
				const dead = "http://127.0.0.1:1/v1/gate/a/b";
				world.start(LONG_SECONDS, [dead, world.second.url, world.first.url]);
				await world.open();
				await world.goesOn();
			})(),
	);

	it.each([
		["taking along whoever outlives his grace", "Kill", "kill -9 -1\n"],
		["and says nothing in the other form", "Exit", ""],
	] as const)("ends with 0 when it is told to, %s", (_, form, said) =>
		inWorld(async (world) => {
			world.start(LONG_SECONDS, world.urls, form);
			await world.open();
			world.terminate();
			expect([await world.ended(), world.said]).toEqual([0, said]);
		})(),
	);
});

describe.concurrent("a gate that was restarted alone", BUSY, () => {
	it(
		"goes on counting from the last yes",
		inWorld(async (world) => {
			world.answer("no");
			writeFileSync(world.file, `${uptime()}\n`);
			world.start();
			await world.killing();
		}),
	);

	it(
		"is content when a yes comes in time",
		inWorld(async (world) => {
			writeFileSync(world.file, `${uptime()}\n`);
			world.start(LONG_SECONDS);
			await world.goesOn();
		}),
	);

	it.each([
		["is too old", () => `${uptime() - SECONDS * 100 - 1}\n`],
		["lies ahead", () => `${uptime() + 60_000}\n`],
		["is empty", () => ""],
		["is nonsense", () => "08x\n"],
	])("stops everything, and leaves, when that %s", (_, content) =>
		inWorld(async (world) => {
			writeFileSync(world.file, content());
			world.start();
			expect([await world.ended(), world.isOpen]).toEqual([1, false]);
			expect(world.kills).toBe(2);
		})(),
	);
});
