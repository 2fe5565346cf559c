/** Courses of events of whole operators under grants that one rule each stands against: see test/mutation. */
import type { Trouble } from "../line.ts";
import type { RegionName } from "../service.ts";
import type { Course } from "../told.ts";
import * as user from "../user.ts";
import { GrantStage, Unmet } from "./stage.ts";

/** `web`, which runs in the north, until all is well again. */
const course =
	(tell: (stage: GrantStage) => Promise<unknown>): Course =>
	async (seed) => {
		const stage = new GrantStage({ seed });
		const { world, invariants } = stage;
		world.start();
		try {
			await stage.settled();
			await stage.pass(5 + (seed % 10) * 0.13);
			await tell(stage);
			await stage.settled();
			await stage.pass(20);
		} catch (error) {
			// What was violated before explains it better.
			if (!(error instanceof Unmet)) throw error;
			if (invariants.violations.length === 0)
				invariants.report("liveness", error.why);
		}
		return { violations: stage.end(), log: world.journal.lines };
	};

const move = ({ world }: GrantStage): void =>
	void user.move(world, "web", { type: "Switchover" });

async function moved(stage: GrantStage, to: RegionName): Promise<void> {
	move(stage);
	await stage.until(`it runs in ${to}`, () => stage.runs() === to);
	await stage.settled();
	await stage.pass(5);
}

/** And nobody asks for the move any more. */
async function gaveWay(stage: GrantStage): Promise<void> {
	move(stage);
	await stage.until(
		"the north gives way",
		() => stage.role("north") === "Standby",
	);
	user.abandon(stage.world, "web");
}

/** Pods of the north run on unseen, until their gate stops them. */
export const movedUnseen: Course = course(async (stage) => {
	const { world } = stage;
	const mends = [world.nodes.north.partition(), world.deafen("north")];
	await stage.pass(1);
	move(stage);
	await stage.pass(40);
	for (const it of mends) it();
});

export const agentsDead: Course = course(async (stage) => {
	stage.world.killAgents("north");
	await stage.pass(30);
	stage.world.startAgent("north");
});

export const regionLost: Course = course(async (stage) => {
	stage.world.lose("north");
	await stage.pass(30);
	stage.world.bringBack("north");
});

/** South has served before, so that it decides when the north is empty. */
export const regionEmptied: Course = course(async (stage) => {
	await moved(stage, "south");
	await moved(stage, "north");
	stage.world.wipeRegion("north");
	await stage.pass(30);
});

export const isolated: Course = course(async (stage) => {
	const mend = stage.world.isolate("north");
	await stage.pass(40);
	mend();
});

const activates: Trouble = ({ verb, resource, subresource }) =>
	resource.kind === "TwinSide" && subresource === "status" && verb !== "get"
		? { thereMs: 45_000 }
		: undefined;

const noWrites: Trouble = ({ verb }) =>
	verb === "merge" ? { lost: "request" } : undefined;

const noSides: Trouble = ({ verb, resource }) =>
	resource.kind === "TwinSide" && verb === "get"
		? { lost: "request" }
		: undefined;

/** The south takes an offer, and dies; the write arrives when the north has taken over, and given back. */
export const acceptedLate: Course = course(async (stage) => {
	const { world } = stage;
	await gaveWay(stage);
	// Its pods have to be gone first, so that only the acceptance is late.
	await stage.pass(6);
	const mend = world.ways.south[0].own.trouble(activates);
	await stage.pass(4);
	world.killAgents("south");
	await stage.until("the north runs again", () => stage.runs() === "north");
	await stage.pass(3);
	mend();
	// Whatever else is written of the side would make the late write fail.
	const deaf = world.ways.south[0].peer.trouble(noSides);
	world.startAgent("south");
	await stage.pass(40);
	deaf();
});

/** The north has offered the service; the south knows it, has no proof to take it with, and then hears the hub no more. */
async function offeredInVain(stage: GrantStage): Promise<() => void> {
	const { world } = stage;
	const { peer, hub } = world.ways.south[0];
	// As late as its proof still ends in time: the north must not take over meanwhile.
	await stage.pass(2.5);
	const mends = [peer.trouble(noWrites), hub.trouble(noWrites)];
	const [machine] = world.machines.south;
	const offers = () => machine?.agent.authority()?.offers.size ?? 0;
	await stage.until("the offer is read", () => offers() > 0);
	// In both places.
	await stage.pass(1.2);
	const mend = hub.cut();
	void world.clock.sleep(70_000).then(mend);
	return () => {
		for (const it of mends) it();
	};
}

/** The north reads the south's side again when its offer was read there; by a new process, at once. */
export const offeredInBoth: Course = course(async (stage) => {
	const { world } = stage;
	await gaveWay(stage);
	const mend = world.ways.north[0].peer.trouble(noSides);
	const connect = await offeredInVain(stage);
	mend();
	world.killAgents("north");
	world.startAgent("north");
	await world.clock.advanceUntil(() => stage.role("north") === "Active", 3_000);
	connect();
	await stage.pass(40);
});

/** The side that made the offer is gone, and the one in its place runs. */
export const offeredAndEmptied: Course = course(async (stage) => {
	const { world } = stage;
	await gaveWay(stage);
	const connect = await offeredInVain(stage);
	world.lose("north");
	await stage.pass(1);
	world.bringBack("north", true);
	await stage.until("it runs anew", () => stage.runs() === "north");
	connect();
	await stage.pass(40);
});

/** A first process answers gates from its memory, while a second one moves the service. */
export const movedBlind: Course = course(async (stage) => {
	const { world } = stage;
	const mends = [world.nodes.north.partition()];
	world.startSecondAgent("north");
	await stage.pass(3);
	mends.push(world.ways.north[0].own.cut());
	await stage.pass(2);
	move(stage);
	await stage.pass(40);
	for (const it of mends) it();
});

const noNews: Trouble = ({ verb, resource }) =>
	resource.kind === "TwinSide" && verb === "watch"
		? { lost: "request" }
		: undefined;

/** The first process sees workloads change, and not its sides. */
export const movedUnheard: Course = course(async (stage) => {
	const { world } = stage;
	world.startSecondAgent("north");
	await stage.pass(3);
	const mend = world.ways.north[0].own.trouble(noNews);
	world.regions.north.breakWatches();
	await stage.pass(2);
	move(stage);
	await stage.pass(40);
	mend();
	world.regions.north.breakWatches();
});
