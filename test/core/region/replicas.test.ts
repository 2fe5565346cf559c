import { describe, expect, it } from "vitest";
import {
	type Running,
	replicasFor,
	standbyCount,
} from "../../../src/core/region/replicas.ts";
import type { Standby } from "../../../src/core/region/side.ts";
import { autoscaler, deployment, side } from "./fixture.ts";

describe("a standby side", () => {
	const rows: [Standby, active: number, count: number][] = [
		[{ mode: "Cold" }, 3, 0],
		[{ mode: "Hot" }, 3, 1],
		[{ mode: "Hot", replicas: 2 }, 3, 2],
		[{ mode: "Hot", replicas: "50%" }, 3, 2],
		[{ mode: "Hot", replicas: "50%" }, 4, 2],
		[{ mode: "Hot", replicas: "1%" }, 3, 1],
		[{ mode: "Hot", replicas: "100%" }, 3, 3],
		[{ mode: "Hot", replicas: "0%" }, 3, 0],
		[{ mode: "Hot", replicas: "2" }, 3, 2],
		// Never more than the active side runs.
		[{ mode: "Hot", replicas: 5 }, 1, 1],
		[{ mode: "Hot", replicas: 2 }, 0, 0],
	];
	it.each(rows)("%o of %i runs %i", (standby, active, count) => {
		expect(standbyCount(standby, active)).toBe(count);
	});
});

describe("an active side", () => {
	const live = (replicas: number, epoch = 3): Running => ({ replicas, epoch });
	const last = (replicas: number) => [
		{ kind: "Deployment", name: "web", replicas },
	];
	const rows: {
		what: string;
		manifest?: number;
		scaled?: { min?: number };
		live?: Running;
		last?: ReturnType<typeof last>;
		count: number;
	}[] = [
		{ what: "runs what the manifest says", manifest: 3, count: 3 },
		{ what: "runs one without a number", count: 1 },
		{ what: "runs none when told so", manifest: 0, count: 0 },
		{
			what: "undoes a scaling by hand",
			manifest: 3,
			live: live(7),
			last: last(9),
			count: 3,
		},
		{
			what: "carries the autoscaler's number",
			manifest: 3,
			scaled: { min: 2 },
			live: live(7),
			count: 7,
		},
		{
			what: "does not take the standby's number for the autoscaler's",
			scaled: { min: 2 },
			live: live(0, 2),
			count: 2,
		},
		{
			what: "does not take a hot standby's number for the autoscaler's",
			scaled: { min: 3 },
			live: live(1, 2),
			count: 3,
		},
		{
			what: "is not pinned to zero, where no autoscaler acts",
			scaled: { min: 2 },
			live: live(0),
			count: 2,
		},
		{
			what: "starts with the last number seen",
			scaled: { min: 2 },
			live: live(0, 2),
			last: last(6),
			count: 6,
		},
		{
			what: "starts with no less than the autoscaler's least",
			scaled: { min: 4 },
			last: last(2),
			count: 4,
		},
		{
			what: "starts with the manifest's number without a least",
			manifest: 3,
			scaled: {},
			count: 3,
		},
		{ what: "starts with one without any number", scaled: {}, count: 1 },
	];
	it.each(rows)("$what", (row) => {
		const view = side({
			objects: [
				deployment("web", row.manifest),
				...(row.scaled ? [autoscaler(row.scaled.min)] : []),
			],
			status: {
				role: "Active",
				epoch: 3,
				...(row.last ? { lastActive: row.last } : {}),
			},
		});
		const [part] = view.parts;
		if (!part) throw new Error("no part");
		expect(replicasFor(part, view, row.live)).toBe(row.count);
	});
});
