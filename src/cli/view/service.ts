/** One service: `status NAME` as a tree, `explain NAME` in sentences. */
import type { Condition } from "../../api/condition.ts";
import type { TwinService } from "../../api/types.ts";
import { type Prospect, prospectsOf } from "../../core/hub/prospect.ts";
import type { Palette } from "../terminal.ts";
import { beginOf, movesOf, stagesOf } from "./history.ts";
import {
	type RegionStanding,
	type ServiceStanding,
	type SideStanding,
	serviceStanding,
} from "./standing.ts";
import { tri } from "./status.ts";
import { age, table, wrap } from "./words.ts";

export interface Shown {
	readonly colour: Palette;
	readonly now: Date;
}

/** Hub, regions and sides as a tree, then the last move and every condition. */
export function treeLines(
	service: TwinService,
	regions: readonly RegionStanding[],
	context: string,
	{ colour, now }: Shown,
): string[] {
	const it = serviceStanding(service);
	const sides = it.sides.map((side, at) => {
		const last = at === it.sides.length - 1;
		const region = regions.find(({ name }) => name === side.region);
		return `${last ? "└─" : "├─"} ${sideLine(side, region, colour)}`;
	});
	return [
		`${colour.strong(`${it.namespace}/${it.name}`)}   ${it.policy}, ${it.mode} standby${it.suspended ? ", suspended" : ""}   (hub ${context})`,
		...(sides.length > 0 ? sides : ["└─ not placed yet"]),
		"",
		...lastMove(service, now),
		"",
		...conditionTable(service, colour),
		...nextLines(it, colour),
	];
}

function sideLine(
	side: SideStanding,
	region: RegionStanding | undefined,
	colour: Palette,
): string {
	const pods =
		side.desired === undefined
			? ""
			: `, ${side.ready ?? 0}/${side.desired} ready`;
	const reach = side.reachable === false ? colour.bad(", does not answer") : "";
	const grant = region && region.grant !== "NoAgent" ? `, ${region.grant}` : "";
	const role = side.role ?? "Unknown";
	return `${side.region}  ${role === "Active" ? colour.good(role) : role}  epoch ${side.epoch ?? "-"}${pods}${grant}${reach}`;
}

function lastMove(service: TwinService, now: Date): string[] {
	const [move] = movesOf(service);
	if (!move) return ["It has not been placed yet."];
	const from = move.from ? `from ${move.from} ` : "";
	const seconds =
		move.recoverySeconds === undefined
			? ""
			: `, ready again after ${move.recoverySeconds} s`;
	const stages = stagesOf(move);
	return [
		`Last move: ${move.kind} ${from}to ${move.to}, ${age(beginOf(move), now)} ago (${move.reason})${seconds}`,
		...(stages ? [`           ${stages}`] : []),
	];
}

function conditionTable(
	{ status }: TwinService,
	colour: Palette,
): readonly string[] {
	const conditions = (status?.conditions ?? []) as readonly Condition[];
	return table(
		["CONDITION", "STATUS", "REASON"],
		conditions.map((it) => [
			it.type,
			isGoodFalse(it) ? it.status : tri(it.status, colour),
			it.reason,
		]),
	);
}

/** Conditions that are well when False. */
const isGoodFalse = ({ type }: Condition): boolean =>
	["Reconciling", "Stalled", "PromotionNeeded", "PolicyChanging"].includes(
		type,
	);

function nextLines(it: ServiceStanding, colour: Palette): string[] {
	const { attention } = it;
	if (!attention) return ["", colour.good("Nothing to do.")];
	return [
		"",
		...wrap(attention.message, ""),
		...(attention.next ? wrap(`Next: ${attention.next}`, "") : []),
	];
}

/** Why it is where it is, what a loss would do now, what is missing, what to do. */
export function explainLines(
	service: TwinService,
	{ colour, now }: Shown,
): string[] {
	const it = serviceStanding(service);
	return [
		...section(colour, "Where", whereOf(service, it, now)),
		...prospectsOf(service).flatMap((one) =>
			section(colour, `If ${nameOf(one)} were lost now`, [
				`${outcomeOf(one, colour)} ${one.message}`,
			]),
		),
		...section(colour, "What keeps it from being redundant", [
			...missingOf(service),
		]),
		...section(
			colour,
			"Next step",
			it.attention
				? [it.attention.message, it.attention.next ?? ""]
				: ["Nothing to do."],
		),
	];
}

const section = (
	colour: Palette,
	title: string,
	paragraphs: readonly string[],
): string[] => [
	colour.strong(title),
	...paragraphs.flatMap((it) => wrap(it, "  ")),
	"",
];

function whereOf(
	service: TwinService,
	it: ServiceStanding,
	now: Date,
): string[] {
	if (!it.active)
		return [
			it.attention?.message ??
				"It is not active anywhere yet: it has not been placed.",
		];
	const [move] = movesOf(service);
	const why =
		!move || move.kind === "Creation"
			? `It was placed there when it was created.`
			: `A ${move.kind} moved it there${move.from ? ` from ${move.from}` : ""} ${age(beginOf(move), now)} ago (${move.reason}: ${becauseOf(move)}).`;
	const away =
		it.active === it.preferred
			? ""
			: ` Its preferred region is ${it.preferred}: kubectl twin failback ${it.name} -n ${it.namespace} moves it home when that region is back.`;
	return [
		`${it.namespace}/${it.name} is active in ${it.active}. ${why}${away}`,
	];
}

const becauseOf = ({
	lostAt,
	operation,
}: {
	lostAt?: string;
	operation?: string;
}): string =>
	lostAt
		? `the region was last known to answer at ${lostAt}`
		: operation
			? `asked for by the TwinOperation ${operation}`
			: "see kubectl twin history";

const nameOf = ({ lost }: Prospect): string => lost ?? "the hub";

function outcomeOf({ outcome }: Prospect, colour: Palette): string {
	switch (outcome) {
		case "GoesOn":
			return colour.good("Runs on.");
		case "Promoted":
			return colour.good("Promoted.");
		case "PersonNeeded":
			return colour.doubtful("Needs a person.");
		case "Down":
			return colour.bad("Stays down.");
	}
}

function missingOf({ status }: TwinService): readonly string[] {
	const it = ((status?.conditions ?? []) as readonly Condition[]).find(
		({ type }) => type === "Redundant",
	);
	if (!it) return ["Nobody has said yet."];
	if (it.status === "True")
		return it.reason === "StandingBy" || it.message === ""
			? ["Nothing."]
			: [`Nothing. ${it.message}`];
	return [`${it.reason}: ${it.message}`];
}
