/** `status` asked of a region: what it knows by itself, when the hub is gone. */
import type { Condition } from "../../api/condition.ts";
import type { KubeObject } from "../../api/object.ts";
import type { TwinSide } from "../../api/types.ts";
import { parseLease } from "../../core/region/grant/lease.ts";
import type { Palette } from "../terminal.ts";
import { nextOf } from "./standing.ts";
import { age, counted, table, wrap } from "./words.ts";

export interface GrantStanding {
	/** Whose grant, and at which twin it is kept. */
	readonly of: string;
	readonly at: string;
	readonly holder: string;
	/** ISO time of the last renewal, by the clock of who renewed it. */
	readonly renewed: string;
}

export interface RegionScene {
	readonly context: string;
	readonly sides: readonly TwinSide[];
	readonly grants: readonly GrantStanding[];
}

/** From the Leases of the operator's namespace; others are passed over. */
export const grantsOf = (leases: readonly KubeObject[]): GrantStanding[] =>
	leases.flatMap((it) => {
		const [, of, at] =
			/^grant-([^.]+)\.([^.]+)$/.exec(it.metadata.name ?? "") ?? [];
		const lease = parseLease(it);
		return of && at && lease
			? [{ of, at, holder: lease.holder, renewed: lease.renewTime }]
			: [];
	});

export function regionSceneLines(
	{ context, sides, grants }: RegionScene,
	{ colour, now, all }: { colour: Palette; now: Date; all: boolean },
): string[] {
	const active = sides.filter((it) => it.status?.role === "Active").length;
	const region = sides[0]?.spec.region;
	return [
		colour.strong(
			`Region ${region ?? context}: ${counted(sides.length, "service")}, ${active} active here, ${sides.length - active} standing by`,
		),
		"This is what the region knows by itself; the whole picture is on the hub.",
		"",
		...(sides.length === 0 ? [] : sideTable(sides, colour, all)),
		...grantLines(grants, now),
		...troubles(sides, colour),
	];
}

function sideTable(
	sides: readonly TwinSide[],
	colour: Palette,
	all: boolean,
): string[] {
	return [
		...table(
			[
				...(all ? ["NAMESPACE"] : []),
				"NAME",
				"ROLE",
				"EPOCH",
				"PODS",
				"TWIN",
				"POLICY",
				"REASON",
			],
			sides.map((it) => [
				...(all ? [it.metadata?.namespace ?? ""] : []),
				it.metadata?.name ?? "",
				{
					text: it.status?.role ?? "Unknown",
					...(it.status?.role === "Active" ? { paint: colour.good } : {}),
				},
				String(it.status?.epoch ?? "-"),
				`${it.status?.ready ?? 0}/${it.status?.desired ?? 0}`,
				it.spec.twin,
				it.spec.policy,
				readyOf(it)?.reason ?? "",
			]),
		),
		"",
	];
}

function grantLines(grants: readonly GrantStanding[], now: Date): string[] {
	if (grants.length === 0) return [];
	return [
		...table(
			["GRANT OF", "KEPT AT", "HELD BY", "RENEWED"],
			grants.map((it) => [
				it.of,
				it.at,
				it.holder || "nobody",
				it.renewed ? `${age(it.renewed, now)} ago` : "never",
			]),
		),
		"A region without a confirmed grant stops its Exclusive services. If hub and twin are lost for certain: kubectl twin force --help",
	];
}

function troubles(sides: readonly TwinSide[], colour: Palette): string[] {
	return sides.flatMap((it) => {
		const stalled = conditionOf(it, "Stalled");
		if (stalled?.status !== "True") return [];
		return [
			"",
			colour.bad(
				`${it.metadata?.namespace}/${it.metadata?.name}: ${stalled.reason}`,
			),
			...wrap(stalled.message, "  "),
			...wrap(`Next: ${nextOf(stalled.reason)}`, "  "),
		];
	});
}

const conditionOf = (it: TwinSide, type: string): Condition | undefined =>
	((it.status?.conditions ?? []) as readonly Condition[]).find(
		(one) => one.type === type,
	);
const readyOf = (it: TwinSide) => conditionOf(it, "Ready");
