/** Rules about the world as it stands, looked at every two seconds. */
import { at, text } from "../clusters/embedded/json.ts";
import type { Invariants } from "./invariants.ts";
import type { Line } from "./line.ts";
import { PROFILE } from "./operator.ts";
import { REGIONS, type RegionName } from "./service.ts";
import { isTrue } from "./truth.ts";
import type { World } from "./world.ts";

/**
 * Everything that has to answer does: then a superseded side is asked to stand
 * down within seconds. Probes, back-off of 5 s, a turn of the hub, a turn of
 * the agent; 30 s when a retry of the queue is under way.
 */
export const YIELD_MS = 45_000;
/** After D, the time that a status write may take. */
const NOTICE_MS = 15_000;
/** The first list of a process may be lost on its way, and has a deadline. */
const FIRST_LIST_MS = 35_000;

export function standingRules(invariants: Invariants): void {
	const { world } = invariants;
	const atEaseMs = hubAtEaseMs(world);
	for (const [service, shape] of world.shapes) {
		if (world.deleted.has(service) || shape.suspend) continue;
		superseded(invariants, service, atEaseMs);
		stillReady(invariants, service, atEaseMs);
	}
}

function superseded(
	invariants: Invariants,
	service: string,
	atEaseMs: number,
): void {
	const { world } = invariants;
	const sides = REGIONS.map((it) => world.truth.side(it, service));
	if (!sides.every((it) => it?.role === "Active")) return;
	if (!sides.some((it) => it?.supersedes)) return;
	const easeMs = Math.min(atEaseMs, ...REGIONS.map((it) => easeOf(world, it)));
	const sinceMs = Math.max(...sides.map((it) => it?.roleSinceMs ?? 0));
	const bothMs = Math.min(easeMs, world.clock.now() - sinceMs);
	if (bothMs > YIELD_MS)
		invariants.report(
			"a superseded side yields",
			`${service} is active in both regions, and all answer since ${bothMs} ms`,
		);
}

/** A region that is lost is not told to serve well. */
function stillReady(
	invariants: Invariants,
	service: string,
	atEaseMs: number,
): void {
	const { world } = invariants;
	const found = world.truth.services.get(service);
	const active = text(at(found, "status", "activeCluster"));
	const by = world.hubProcess;
	const claims = ["Ready", "Available"].some((it) => isTrue(found, it));
	if (!by || !claims || active === "") return;
	const heardMs = invariants.heard(by, active)?.anyMs;
	const lastMs = heardMs ?? by.startedMs + FIRST_LIST_MS;
	const silentMs = world.clock.now() - lastMs;
	const boundMs = PROFILE.lossSeconds * 1_000 + NOTICE_MS;
	if (silentMs > boundMs && atEaseMs > boundMs)
		invariants.report(
			"the status does not lie",
			`${service} is Available in ${active}, which is silent since ${silentMs} ms`,
		);
}

const sinceClear = (world: World, line: Line): number =>
	line.clearSinceMs === undefined ? 0 : world.clock.now() - line.clearSinceMs;

/** Since when the hub's process runs and reaches its own API server. */
function hubAtEaseMs(world: World): number {
	const process = world.hubProcess;
	if (process?.state !== "running" || !world.hub.alive) return 0;
	const runsMs = world.clock.now() - process.sinceMs;
	const upMs = world.clock.now() - world.upSinceMs("hub");
	return Math.min(runsMs, upMs, sinceClear(world, world.lines.hub));
}

function easeOf(world: World, region: RegionName): number {
	if (!world.regions[region].alive) return 0;
	const agent = world.agents[region];
	if (agent && agent.state !== "running") return 0;
	const now = world.clock.now();
	return Math.min(
		now - world.upSinceMs(region),
		sinceClear(world, world.lines[region]),
		...(agent
			? [now - agent.sinceMs, sinceClear(world, world.agentLines[region])]
			: []),
	);
}
