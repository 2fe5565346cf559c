/** What is kept of a move: its stages, and the last ten. */
import { describe, expect, it } from "vitest";
import type { TwinServiceStatus } from "../../../src/api/types.ts";
import { decide } from "../../../src/core/hub/decide.ts";
import { lostWith, type Scene, scene, service, side, WALL } from "./fixture.ts";

const statusOf = (row: Scene): TwinServiceStatus => decide(scene(row)).status;

const available = service();

describe("the record of a move", () => {
	const failing: Scene = {
		northRegion: {
			...lostWith(side(available, "north", { role: "Active", epoch: 1 })),
			lastAliveAt: "2030-01-01T00:00:10.000Z",
		},
	};

	it("is begun with the loss, before anything is wished", () => {
		expect(statusOf(failing)).toMatchObject({
			epoch: 1,
			activeCluster: "north",
			lastTransition: {
				kind: "Failover",
				from: "north",
				to: "south",
				epoch: 2,
				reason: "Unreachable",
				lostAt: "2030-01-01T00:00:10.000Z",
			},
		});
	});

	it("tells when the new side was active and ready, from what is seen", () => {
		const begun = statusOf(failing);
		const done = statusOf({
			...failing,
			service: service({}, { status: begun }),
			south: { role: "Active", epoch: 1, supersedes: "uid-north/1" },
		});
		expect(done.activeCluster).toBe("south");
		expect(done.lastTransition).toMatchObject({
			activatedAt: WALL,
			readyAt: WALL,
			recoverySeconds: 20,
		});
		expect(done.lastTransition?.fencedAt).toBeUndefined();
		expect(done.history).toHaveLength(1);
	});

	it("is taken back when the region answers before anything was done", () => {
		const begun = statusOf(failing);
		const back = statusOf({ service: service({}, { status: begun }) });
		expect(back.lastTransition).toBeUndefined();
		expect(back.activeCluster).toBe("north");
	});

	it("is not invented by a hub that was rebuilt", () => {
		expect(statusOf({}).lastTransition).toBeUndefined();
	});

	it("keeps ten, the newest first", () => {
		const old = (epoch: number) => ({
			kind: "Failback" as const,
			to: "north",
			epoch,
			reason: "Requested",
			activatedAt: WALL,
			readyAt: WALL,
		});
		const history = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map(old);
		const status = { lastTransition: old(9), history };
		const now = statusOf({
			service: service({}, { status }),
			north: { role: "Standby", epoch: 6 },
			south: { role: "Active", epoch: 5 },
		});
		expect(now.history).toHaveLength(10);
		expect(now.history?.[0]).toMatchObject({
			kind: "Switchover",
			reason: "Observed",
			from: "north",
			to: "south",
			epoch: 11,
		});
		expect(now.history?.[9]?.epoch).toBe(1);
	});
});
