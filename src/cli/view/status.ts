/** `kubectl twin status`: all that the hub knows, what needs a look first. */
import type { Palette } from "../terminal.ts";
import {
	byUrgency,
	type RegionStanding,
	type ServiceStanding,
	type Tri,
} from "./standing.ts";
import { age, type Cell, counted, table, wrap } from "./words.ts";

/** The hub operator that works, by its Lease. */
export interface Leader {
	readonly process: string;
	/** ISO time, by its own clock. */
	readonly renewed: string;
}

export interface Standing {
	readonly context: string;
	/** Undefined: none has a Lease, or it may not be read. */
	readonly leader?: Leader;
	readonly regions: readonly RegionStanding[];
	readonly services: readonly ServiceStanding[];
}

/** A leader renews every 2 s; clocks of two machines may differ. */
const STALE_MS = 60_000;

/** More are counted, not listed: a list that scrolls away helps nobody. */
const EXPLAINED = 5;

export function statusLines(
	{ context, leader, regions, services }: Standing,
	{
		colour,
		now,
		wide,
		all,
	}: { colour: Palette; now: Date; wide: boolean; all: boolean },
): string[] {
	const sorted = services.toSorted(byUrgency);
	const troubled = sorted.filter((it) => it.attention);
	return [
		colour.strong(`Hub ${context}`),
		...leaderLines(leader, now, colour),
		"",
		...regionLines(regions, colour),
		"",
		colour.strong(
			`${counted(services.length, "service")}: ${summary(services)}`,
		),
		...(sorted.length === 0
			? []
			: ["", ...serviceTable(sorted, { colour, now, wide, all })]),
		...advice(regions, troubled, colour),
	];
}

function leaderLines(
	leader: Leader | undefined,
	now: Date,
	colour: Palette,
): string[] {
	if (!leader) return [];
	const since = age(leader.renewed, now);
	return now.getTime() - Date.parse(leader.renewed) < STALE_MS
		? [`operator ${leader.process}, ${since} ago`]
		: [
				colour.bad(
					`No operator has renewed its Lease for ${since}: what follows is as old. Services go on.`,
				),
				"Next: kubectl twin check",
			];
}

function summary(services: readonly ServiceStanding[]): string {
	if (services.length === 0)
		return "apply a TwinService to begin (examples/, docs/concepts.md)";
	const redundant = services.filter((it) => it.redundant === "True").length;
	const serving = services.filter((it) => it.available === "True").length;
	const rest = services.length - serving;
	return [
		`${serving} serving`,
		...(rest > 0 ? [`${rest} not`] : []),
		`${redundant} could be taken over now`,
	].join(", ");
}

export function regionLines(
	regions: readonly RegionStanding[],
	colour: Palette,
	wide = true,
): string[] {
	if (regions.length === 0)
		return [
			"No regions are registered: kubectl twin register NAME --kubeconfig-of CONTEXT",
		];
	return table(
		[
			"REGION",
			"READY",
			"REACHABLE",
			"AGENT",
			"GRANT",
			"FENCING",
			...(wide ? ["ACTIVE", "STANDBY", "SITE"] : []),
		],
		regions.map((it) => [
			it.name,
			tri(it.ready, colour),
			tri(it.reachable, colour),
			it.agent,
			it.grant,
			it.fencing,
			...(wide
				? [String(it.active), String(it.standby), it.failureDomain ?? "-"]
				: []),
		]),
	);
}

function serviceTable(
	services: readonly ServiceStanding[],
	{
		colour,
		now,
		wide,
		all,
	}: { colour: Palette; now: Date; wide: boolean; all: boolean },
): string[] {
	return table(
		[
			...(all ? ["NAMESPACE"] : []),
			"NAME",
			"ACTIVE",
			"STANDBY",
			"SERVING",
			"REDUNDANT",
			"SINCE",
			...(wide ? ["EPOCH", "POLICY", "FORM"] : []),
			"REASON",
		],
		services.map((it) => [
			...(all ? [it.namespace] : []),
			it.name,
			it.active ?? "-",
			it.standby ?? "-",
			tri(it.available, colour),
			tri(it.redundant, colour),
			age(it.since, now),
			...(wide ? [String(it.epoch ?? "-"), it.policy, it.mode] : []),
			it.suspended ? "Suspended" : (it.attention?.reason ?? ""),
		]),
	);
}

/** What to do next, the gravest first. */
function advice(
	regions: readonly RegionStanding[],
	troubled: readonly ServiceStanding[],
	colour: Palette,
): string[] {
	const lines: string[] = [];
	for (const { name, attention } of regions) {
		if (!attention) continue;
		lines.push("", colour.bad(`Region ${name}: ${attention.reason}`));
		lines.push(...wrap(attention.message, "  "));
		if (attention.next) lines.push(...wrap(`Next: ${attention.next}`, "  "));
	}
	lines.push(...failoverOfAll(regions, troubled, colour));
	for (const { namespace, name, attention } of troubled.slice(0, EXPLAINED)) {
		if (!attention) continue;
		lines.push(
			"",
			colour.doubtful(`${namespace}/${name}: ${attention.reason}`),
		);
		lines.push(...wrap(attention.message, "  "));
		lines.push(`  Next: kubectl twin explain ${name} -n ${namespace}`);
	}
	if (troubled.length > EXPLAINED)
		lines.push(
			"",
			`and ${counted(troubled.length - EXPLAINED, "more service")} to look at, in the table above.`,
		);
	return lines;
}

/** Where many wait for a person, one command is enough. */
function failoverOfAll(
	regions: readonly RegionStanding[],
	troubled: readonly ServiceStanding[],
	colour: Palette,
): string[] {
	const [lost, another] = regions.filter((it) => it.reachable === "False");
	const waiting = troubled.filter(
		(it) =>
			it.attention?.reason === "PromotionNeeded" && it.policy !== "Exclusive",
	);
	if (!lost || another || waiting.length < 2) return [];
	const [namespace, ...others] = new Set(waiting.map((it) => it.namespace));
	const where = others.length > 0 ? "-A" : `-n ${namespace}`;
	return [
		"",
		colour.bad(`${waiting.length} services wait for a person`),
		...wrap(
			`Next: make sure that ${lost.name} does not run; then all at once: kubectl twin failover --from ${lost.name} ${where}`,
			"  ",
		),
	];
}

export const tri = (it: Tri, colour: Palette): Cell => ({
	text: it,
	paint:
		it === "True" ? colour.good : it === "False" ? colour.bad : colour.doubtful,
});
