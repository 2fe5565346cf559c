/** Whether the other region could take over: one row for each thing that may be missing. */
import { describe, expect, it } from "vitest";
import { LOST, type Scene, SILENT, service } from "./fixture.ts";
import { GATED, grant, look, spec, tell } from "./granted.ts";

describe("Redundant", () => {
	const gated = (status: string) => ({
		...GATED,
		conditions: [
			{ ...(GATED.conditions as { type: string }[])[1], status },
		] as never,
	});
	it.each<[string, Scene, string]>([
		["all is there", {}, "True StandingBy"],
		[
			"the agent",
			{ southRegion: { agent: { reason: "AgentMissing", message: "" } } },
			"False AgentMissing",
		],
		[
			"the standby's grant",
			{ southRegion: { grant: grant("Still") } },
			"False GrantNotRenewed",
		],
		[
			"it does not exist",
			{ southRegion: { grant: grant("Missing") } },
			"False GrantMissing",
		],
		[
			"the active one's does not",
			{ northRegion: { grant: grant("Missing") } },
			"False GrantMissing",
		],
		[
			"it is taken",
			{ southRegion: { grant: grant("Taken") } },
			"False GrantTaken",
		],
		[
			"not seen for long enough",
			{ southRegion: { grant: { kind: "Unknown", spoken: true } } },
			"Unknown GrantUnread",
		],
		[
			"the active one's is not renewed: the other takes over",
			{ northRegion: { grant: grant("Still") } },
			"True StandingBy",
		],
		["the gate", { north: gated("False") }, "False NotGated"],
		["nobody said", { north: { conditions: [] } }, "Unknown NotGated"],
		[
			"the weak form",
			{ northRegion: { fencing: "Agent" } },
			"True FencedByAgent",
		],
		[
			"no gate by choice",
			{
				service: service({ promotion: { policy: "Exclusive", gate: "None" } }),
			},
			"True FencedByAgent",
		],
		["the last sync", { south: { hash: "old" } }, "False NotApplied"],
		[
			"suspended, and behind",
			{ service: service({ ...spec, suspend: true }), south: { hash: "old" } },
			"False Suspended",
		],
		[
			"suspended, and not behind: a takeover is not stopped",
			{ service: service({ ...spec, suspend: true }) },
			"True StandingBy",
		],
		[
			"the region is lost",
			{ southRegion: { health: LOST } },
			"False Unreachable",
		],
		[
			"the region is silent",
			{ southRegion: { health: SILENT, side: { kind: "unknown" } } },
			"False Unreachable",
		],
		["the hub is cut off", { over: { isolated: true } }, "Unknown HubIsolated"],
		["no agents", { northRegion: { hasAgent: false } }, "False NoFencing"],
		[
			"suspended, without grants",
			{ service: service({ suspend: true }) },
			"False Suspended",
		],
	])("misses %s", (_, row, expected) => {
		expect(tell(row, "Redundant")).toBe(expected);
	});

	it("says that isolation changes nothing for them", () => {
		const { conditions } = look({ over: { isolated: true } }).status;
		expect(conditions?.find((it) => it.type === "Ready")?.message).toContain(
			"changes nothing for this service",
		);
	});
});
