import { describe, expect, it } from "vitest";
import { nextRole } from "../../../src/core/region/role.ts";
import type { Policy, Role, Wish } from "../../../src/core/region/side.ts";
import { side } from "./fixture.ts";

type Row = [
	role: Role,
	epoch: number,
	wish: Wish | undefined,
	policy: Policy,
	next: string,
];

const rows: Row[] = [
	["Standby", 0, undefined, "Available", "stay"],
	["Standby", 0, { to: "east", ifEpoch: 0 }, "Available", "Active 1"],
	["Standby", 4, { to: "east", ifEpoch: 4 }, "Manual", "Active 5"],
	// Without grants an Exclusive service starts and switches over by consent.
	["Standby", 0, { to: "east", ifEpoch: 0 }, "Exclusive", "Active 1"],
	["Standby", 4, { to: "east", ifEpoch: 3 }, "Available", "stay"],
	["Standby", 4, { to: "east", ifEpoch: 5 }, "Available", "stay"],
	["Standby", 4, { to: "west", ifEpoch: 4 }, "Available", "stay"],
	["Standby", 4, { to: "north", ifEpoch: 4 }, "Available", "stay"],
	["Active", 1, { to: "west", ifEpoch: 1 }, "Available", "Standby 2"],
	["Active", 1, { to: "west", ifEpoch: 1 }, "Exclusive", "Standby 2"],
	["Active", 1, { to: "west", ifEpoch: 0 }, "Available", "stay"],
	["Active", 1, { to: "east", ifEpoch: 1 }, "Available", "stay"],
	["Active", 1, { to: "north", ifEpoch: 1 }, "Available", "stay"],
	[
		"Standby",
		2,
		{ to: "east", ifEpoch: 2, supersedes: "u/7" },
		"Available",
		"Active 3 over u/7",
	],
	[
		"Standby",
		2,
		{ to: "east", ifEpoch: 2, supersedes: "u/7" },
		"Manual",
		"Active 3 over u/7",
	],
	[
		"Standby",
		2,
		{ to: "east", ifEpoch: 2, supersedes: "u/7" },
		"Exclusive",
		"refused SupersedesRefused",
	],
	[
		"Standby",
		3,
		{ to: "east", ifEpoch: 2, supersedes: "u/7" },
		"Exclusive",
		"stay",
	],
];

function said(step: ReturnType<typeof nextRole>): string {
	if (step.kind === "stay") return "stay";
	if (step.kind === "refused") return `refused ${step.finding.reason}`;
	const { role, epoch, supersedes } = step.to;
	return `${role} ${epoch}${supersedes ? ` over ${supersedes}` : ""}`;
}

describe("a wish", () => {
	it.each(rows)(
		"%s at %i, wish %o, %s: %s",
		(role, epoch, wish, policy, next) => {
			const view = side({
				status: { role, epoch },
				spec: { policy, ...(wish ? { wish } : {}) },
			});
			expect(said(nextRole(view))).toBe(next);
		},
	);

	it("is not followed by a side that goes", () => {
		const view = side({
			spec: { wish: { to: "east", ifEpoch: 0 } },
			metadata: { deletionTimestamp: "2030-01-01T00:00:00Z" },
		});
		expect(said(nextRole(view))).toBe("stay");
	});

	it("takes the counts that come with the wish over its own old ones", () => {
		const count = (name: string, replicas: number) => ({
			...{ kind: "Deployment", name, replicas },
		});
		const view = side({
			status: { lastActive: [count("web", 2), count("api", 4)] },
			spec: {
				wish: { to: "east", ifEpoch: 0, lastActive: [count("web", 9)] },
			},
		});
		expect(nextRole(view)).toMatchObject({
			to: { role: "Active", lastActive: [count("web", 9), count("api", 4)] },
		});
	});

	it("keeps the counts of what it stops, and older ones of what cannot be seen", () => {
		const view = side({
			status: {
				role: "Active",
				epoch: 1,
				lastActive: [
					{ kind: "Deployment", name: "web", replicas: 2 },
					{ kind: "Deployment", name: "api", replicas: 4 },
				],
			},
			spec: { wish: { to: "west", ifEpoch: 1 } },
		});
		const counts = [{ kind: "Deployment", name: "web", replicas: 9 }];
		expect(nextRole(view, counts)).toMatchObject({
			to: {
				lastActive: [
					{ kind: "Deployment", name: "web", replicas: 9 },
					{ kind: "Deployment", name: "api", replicas: 4 },
				],
			},
		});
	});
});
