/** Scenes of a pair whose agents hold grants. */
import { decide } from "../../../src/core/hub/decide.ts";
import type { Grant, GrantKind } from "../../../src/core/hub/grant.ts";
import { lostWith, type Scene, scene, service, side, WALL } from "./fixture.ts";
import { said } from "./objects.ts";

export const spec = { promotion: { policy: "Exclusive" } };
export const exclusive = service(spec);
export const grant = (kind: GrantKind): Grant => ({
	kind,
	spoken: true,
	renewedAt: "2030-01-01T00:00:08.000Z",
});
export const held = {
	hasAgent: true,
	grant: grant("Held"),
	fencing: "Pod",
} as const;
export const GATED = {
	conditions: [
		{
			type: "Ready",
			status: "True",
			reason: "Serving",
			message: "",
			lastTransitionTime: WALL,
		},
		{
			type: "Gated",
			status: "True",
			reason: "Applied",
			message: "",
			lastTransitionTime: WALL,
			observedGeneration: 1,
		},
	] as never,
};
/** North active, south standby, all is well; `row` changes it. */
export const well = (row: Scene = {}): Scene => ({
	service: exclusive,
	...row,
	north: { ...GATED, ...row.north },
	northRegion: { ...held, ...row.northRegion },
	southRegion: { ...held, ...row.southRegion },
});
const lastNorth = side(exclusive, "north", { role: "Active", epoch: 1 });
export const lost = {
	...lostWith(lastNorth),
	grant: grant("Still"),
	lastAliveAt: "2030-01-01T00:00:10.000Z",
};

export const look = (row: Scene) => decide(scene(well(row)));
export const tell = (row: Scene, type: string) =>
	said(look(row).status.conditions, type);
