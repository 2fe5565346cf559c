/** The operator is killed at every single write of a promotion, and it ends right each time. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { PROFILES } from "../../src/core/profile.ts";
import { closeRun, startClusters } from "../clusters/real/cluster.ts";
import { type Lane, openLane } from "./lane.ts";
import { pods, roleIn } from "./move.ts";
import { setTrap } from "./trap.ts";
import {
	condition,
	place,
	type Region,
	replicas,
	service,
	untilPlaced,
	untilService,
} from "./world.ts";

const LANES = ["one", "two", "three"];
/** Many losses in a row; each must last. */
const TIMEOUT_MS = 600_000;
/** Writes before this tell of the silence; what comes after is the promotion. */
const ARMED_MS = PROFILES.Fast.lossSeconds * 1_000 - 2_000;

let lanes: Lane[] = [];
let stop: () => Promise<unknown> = async () => {};

beforeAll(async () => {
	const regions = await startClusters(["north", "south"]);
	stop = () => Promise.all(regions.map((it) => it.stop()));
	lanes = await Promise.all(LANES.map((it) => openLane(it, ...regions)));
	await Promise.all(lanes.map((it) => place(it, it.name)));
});
afterAll(async () => {
	await Promise.all(lanes.map((it) => it.stop()));
	await stop();
	await closeRun();
});

it("a promotion survives the operator's death at its n-th write, for every n", {
	timeout: TIMEOUT_MS,
}, async () => {
	let next = 1;
	let unharmed = Number.POSITIVE_INFINITY;
	const killed: number[] = [];
	await Promise.all(
		lanes.map(async (lane) => {
			while (next < unharmed) {
				const n = next++;
				if (await promote(lane, n)) killed.push(n);
				else unharmed = Math.min(unharmed, n);
			}
		}),
	);
	console.log(
		`operator killed ${killed.length} times in the middle of a promotion; unharmed at write ${unharmed}`,
	);
	expect(killed.length).toBeGreaterThanOrEqual(6);
});

/** Loses the active region, kills the operator at the n-th write, and looks how it ends. */
async function promote(lane: Lane, n: number): Promise<boolean> {
	const ns = lane.name;
	const before = await service(lane, ns);
	const lost = before?.status?.activeCluster as Region;
	const left: Region = lost === "north" ? "south" : "north";
	const epoch = before?.status?.epoch ?? 0;

	const since = performance.now();
	const operator = {
		proxies: [lane.proxies.hub, lane.proxies[left]],
		kill: () => lane.operator.kill(),
		restart: () => lane.restartOperator(),
	};
	const trap = setTrap(
		n,
		[operator],
		(it) => it.isWrite && performance.now() - since > ARMED_MS,
	);
	await lane.proxies[lost].cut();
	const what = `${left} to serve after a death at write ${n}`;
	const { status } = await untilService(lane, ns, what, (it) =>
		isIn(it.status, left),
	);
	const killed = await trap.remove();
	expect(status?.epoch, what).toBe(epoch + 1);
	expect(status?.lastTransition).toMatchObject({ kind: "Failover", to: left });
	expect(
		status?.lastTransition?.recoverySeconds,
		"the wait counts, whoever of the operators saw it",
	).toBeGreaterThan(PROFILES.Fast.lossSeconds - 4);
	expect(await roleIn(lane[left], ns)).toMatch(/^Active/);
	expect(await replicas(lane[left], ns)).toBe(2);
	expect(
		await roleIn(lane[lost], ns),
		"it cannot know, and nobody else writes it",
	).toMatch(/^Active/);

	await lane.proxies[lost].mend();
	const back = await untilPlaced(lane, ns);
	expect(back.status).toMatchObject({
		activeCluster: left,
		standbyCluster: lost,
		// One side up, one side down: no role changed more often than that.
		epoch: epoch + 2,
	});
	expect(await roleIn(lane[left], ns)).toMatch(/^Active/);
	expect(await roleIn(lane[lost], ns)).toMatch(/^Standby/);
	expect(await pods(lane[lost], ns)).toEqual([]);
	expect(await pods(lane[left], ns)).toHaveLength(2);
	return killed;
}

type Status = NonNullable<Awaited<ReturnType<typeof service>>>["status"];

const isIn = (status: Status, region: Region): boolean =>
	status?.activeCluster === region &&
	status.lastTransition?.readyAt !== undefined &&
	condition({ metadata: {}, status }, "Available")?.status === "True";
