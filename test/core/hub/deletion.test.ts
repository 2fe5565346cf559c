import { describe, expect, it } from "vitest";
import { decide } from "../../../src/core/hub/decide.ts";
import { deletionStep } from "../../../src/core/hub/deletion.ts";
import {
	LOST,
	lostWith,
	type Scene,
	SILENT,
	scene,
	service,
	side,
} from "./fixture.ts";

const going = service({}, { deleting: true });
const letGo = service({}, { deleting: true, letGo: ["south"] });
const orphan = service({ deletionPolicy: "Orphan" }, { deleting: true });
const orphanLetGo = service(
	{ deletionPolicy: "Orphan" },
	{ deleting: true, letGo: ["south"] },
);
const absent = { side: { kind: "absent" } as const };
const lostSouth = (of = going, over = {}) =>
	lostWith(side(of, "south", {}, over));

/** Sides removed, told to orphan, uids kept, and whether the service may go. */
function step(row: Scene): string {
	const found = deletionStep(scene({ service: going, ...row }));
	const names = (sides: readonly { region: string }[]) =>
		sides.map((it) => it.region).join("+") || "-";
	const kept = found.pending.map((it) => `${it.cluster}:${it.side.uid}`);
	return `${names(found.remove)} ${names(found.orphan)} ${kept.join("+") || "-"} ${found.release ? "release" : "hold"}`;
}

describe("a TwinService that is deleted", () => {
	it.each<[string, Scene, string]>([
		["removes both sides", {}, "north+south - - hold"],
		[
			"waits for those that are going",
			{ northSide: { deleting: true }, southRegion: absent },
			"- - - hold",
		],
		[
			"goes when both are gone",
			{ northRegion: absent, southRegion: absent },
			"- - - release",
		],
		[
			"tells the sides first that their objects run on",
			{ service: orphan, northSide: { deletionPolicy: "Delete" } },
			"south north - hold",
		],
		[
			"is held by a region that is lost",
			{ southRegion: lostSouth() },
			"north - - hold",
		],
		[
			"and by one that is silent for a moment",
			{
				northRegion: absent,
				southRegion: { health: SILENT, side: { kind: "unknown" } },
			},
			"- - - hold",
		],
		[
			"and by one that refuses the hub",
			{
				northRegion: absent,
				southRegion: {
					health: { kind: "CredentialsInvalid", message: "" },
					side: { kind: "unknown" },
				},
			},
			"- - - hold",
		],
		[
			"and by isolation",
			{ northRegion: absent, over: { isolated: true } },
			"- - - hold",
		],
		[
			"lets go when a person says so, and keeps the uid",
			{ service: letGo, northRegion: absent, southRegion: lostSouth(letGo) },
			"- - south:uid-south release",
		],
		[
			"lets go of no region that answers",
			{ service: letGo, northRegion: absent },
			"south - - hold",
		],
		[
			"keeps the uid that was recorded, if this process never read it",
			{
				service: service(
					{},
					{
						deleting: true,
						letGo: ["south"],
						status: {
							clusters: [
								{ name: "south", uid: "old", role: "Standby", epoch: 0 },
							],
						},
					},
				),
				northRegion: absent,
				southRegion: { health: LOST, side: { kind: "unknown" } },
			},
			"- - south:old release",
		],
		[
			"keeps nothing to delete where the objects are to run on and the side may not know",
			{
				service: orphanLetGo,
				northRegion: absent,
				southRegion: lostSouth(orphanLetGo, { deletionPolicy: "Delete" }),
			},
			"- - - release",
		],
		[
			"leaves another installation's side alone",
			{ northRegion: absent, southSide: { installation: "b" } },
			"- - - release",
		],
		[
			"goes at once if it never had sides",
			{
				service: service({}, { deleting: true, finalizers: [] }),
				southRegion: lostSouth(),
			},
			"- - - release",
		],
	])("%s", (_, row, expected) => {
		expect(step(row)).toBe(expected);
	});

	it("says how to let go", () => {
		const { status } = decide(
			scene({ service: going, northRegion: absent, southRegion: lostSouth() }),
		);
		const ready = status.conditions?.find((it) => it.type === "Ready");
		expect(ready).toMatchObject({ status: "False", reason: "Deleting" });
		expect(ready?.message).toContain(
			"kubectl -n shop annotate tws web twin-operator.dev/let-go=south",
		);
	});

	it("takes its finalizer off last", () => {
		const done = decide(
			scene({ service: going, northRegion: absent, southRegion: absent }),
		);
		expect(done.finalizers).toEqual([]);
		expect(decide(scene({ service: going })).finalizers).toBeUndefined();
	});
});
