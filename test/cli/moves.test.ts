/** Moves of several services, from the command line to the hub operator and back, in virtual time. */
import { describe, expect, it } from "vitest";
import { CliFault } from "../../src/cli/fault.ts";
import { programOf } from "../../src/cli/program.ts";
import type { Session } from "../../src/cli/session.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { serviceObject } from "../core/hub/objects.ts";
import { World } from "../core/hub/world.ts";

const NAMES = ["api", "mail", "web"];

interface Ran {
	readonly out: string[];
	readonly notes: string[];
	readonly questions: string[];
	readonly fault?: CliFault;
}

/** Three services of that policy, active in north. */
async function worldWith(policy: "Available" | "Manual"): Promise<World> {
	const world = await World.start();
	for (const name of NAMES)
		await world.serving(serviceObject({ promotion: { policy } }, name));
	return world;
}

async function run(
	world: World,
	line: string,
	{ answer = "", interrupted = new AbortController().signal } = {},
): Promise<Ran> {
	const ran: Ran & { fault?: CliFault } = { out: [], notes: [], questions: [] };
	const terminal: Terminal = {
		out: (it) => void ran.out.push(it),
		note: (it) => void ran.notes.push(it),
		colour: false,
		interactive: answer !== "",
		ask: async (question) => {
			ran.questions.push(question);
			return answer;
		},
		interrupted,
	};
	const connect = (flags: Session["flags"]): Session => ({
		api: world.planes.hub.connect("kubectl-twin").api,
		context: "hub",
		server: "https://hub.example",
		namespace: flags.allNamespaces ? undefined : (flags.namespace ?? "shop"),
		flags,
		terminal,
		clock: world.clock,
		packaged: () => "",
		connect: () => {
			throw new Error("no other context");
		},
	});
	let over = false;
	const done = programOf({ terminal, version: "1.2.3", connect })
		.parseAsync(line.split(" "), { from: "user" })
		.catch((thrown: unknown) => {
			if (!(thrown instanceof CliFault)) throw thrown;
			ran.fault = thrown;
		})
		.finally(() => {
			over = true;
		});
	await world.clock.advanceUntil(() => over, 900_000);
	await done;
	return ran;
}

const activeIn = async (world: World): Promise<string[]> =>
	Promise.all(
		NAMES.map(
			async (it) => `${it} ${(await world.service(it))?.status?.activeCluster}`,
		),
	);

describe("a switchover of several services", () => {
	it("takes all that are active in a region", async () => {
		const world = await worldWith("Available");
		await run(world, "switchover mail");
		const { out, notes, fault } = await run(
			world,
			"switchover --from north -A",
		);
		expect(fault).toBeUndefined();
		expect(out.filter((it) => it.endsWith(" created"))).toHaveLength(2);
		expect(out.at(-1)).toMatch(
			/^2 of 2 services have moved; the slowest took [\d.]+ s$/,
		);
		expect(notes.at(-1)).toMatch(/^ +[\d.]+ s {2}2 of 2 over$/);
		expect(await activeIn(world)).toEqual([
			"api south",
			"mail south",
			"web south",
		]);
		const again = await run(world, "switchover --from north");
		expect(again.out).toEqual(["There is no service to move: nothing to do."]);
	});

	it("stops waiting when it is interrupted, and says what goes on", async () => {
		const world = await worldWith("Available");
		const gone = new AbortController();
		void world.clock.sleep(200).then(() => gone.abort());
		const { fault } = await run(world, "switchover --from north", {
			interrupted: gone.signal,
		});
		expect(fault?.message).toBe(
			"interrupted; 3 operations go on. Follow them: kubectl get twinoperations -n shop -w",
		);
		await world.clock.advance(60_000);
		expect(await activeIn(world)).toEqual([
			"api south",
			"mail south",
			"web south",
		]);
	});

	it.each([
		["switchover", 2, "give one of both"],
		["switchover web --from north", 2, "give one of both"],
		["failback web mail -A", 2, "-A does not go with a name"],
		["switchover web wbe", 1, "Did you mean web?"],
		["switchover --from nroth", 1, "Did you mean north?"],
		["switchover --from north --to west", 1, "there is no region west"],
	])("%s: nothing is done", async (line, exitCode, message) => {
		const world = await World.start();
		await world.serving(serviceObject());
		const { out, fault } = await run(world, line);
		expect(fault?.exitCode).toBe(exitCode);
		expect(fault?.message).toContain(message);
		expect(out).toEqual([]);
	});
});

describe("a failover of several services", () => {
	async function lost(): Promise<World> {
		const world = await worldWith("Manual");
		await world.serving(
			serviceObject({ promotion: { policy: "Exclusive" } }, "bank"),
		);
		world.planes.north.die();
		await world.clock.advance(30_000);
		return world;
	}

	it("of a lost region asks once, and leaves Exclusive ones alone", async () => {
		const world = await lost();
		const { questions, notes, out, fault } = await run(
			world,
			"failover --from north -A",
			{ answer: "north" },
		);
		expect(fault).toBeUndefined();
		expect(questions).toEqual(["Type the name of the region (north): "]);
		expect(notes.join("\n")).toContain(
			"Failover makes 3 services active in the other region although north cannot be asked to stop.",
		);
		expect(notes[0]).toContain("1 with the policy Exclusive");
		expect(out.at(-1)).toMatch(/^3 of 3 services have moved/);
		expect((await world.service("bank"))?.status?.activeCluster).toBe("north");
	});

	it("does nothing on another answer, or where nobody can be asked", async () => {
		const world = await lost();
		const wrong = await run(world, "failover --from north", { answer: "yes" });
		expect(wrong.fault?.message).toBe('"yes" is not north: nothing was done.');
		const alone = await run(world, "failover --from north");
		expect(alone.fault?.message).toContain("add --yes");
		expect([...wrong.out, ...alone.out]).toEqual([]);
	});

	it.each([
		["failover web", "web"],
		["failover --from north -A", "north"],
	])(
		"%s: goes to the region that is left, though a new hub never saw the other",
		async (line, answer) => {
			const world = await World.start();
			const service = serviceObject();
			await world.serving(service);
			world.planes.north.die();
			await world.rebuildHub([service]);
			await world.clock.advance(30_000);
			expect((await world.service())?.status?.activeCluster).toBeUndefined();
			const { notes, fault } = await run(world, line, { answer });
			expect(fault).toBeUndefined();
			expect(notes.join("\n")).toContain("What north has written");
			expect((await world.service())?.status?.activeCluster).toBe("south");
		},
	);

	it("says which ones did not move, and why", async () => {
		const world = await lost();
		const { notes, out, fault } = await run(world, "failover bank web --yes");
		expect(fault?.message).toBe(
			"1 of 2 services have not moved. Run the same again for those that are left.",
		);
		expect(out.at(-1)).toMatch(/^1 of 2 services have moved/);
		expect(notes.find((it) => it.startsWith("shop/bank: "))).toContain(
			"Exclusive",
		);
	});
});
