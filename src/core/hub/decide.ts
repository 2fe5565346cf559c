/**
 * One look at a service becomes what is to be recorded, then what is to be done.
 * Recorded first: a hub that ends in between has said no more than it meant to
 * do, and the next one sees the same and goes on.
 */
import { SERVICE_FINALIZER } from "../../api/label.ts";
import type { TwinServiceStatus } from "../../api/types.ts";
import type { Wish } from "../region/side.ts";
import type { Creation } from "./creation.ts";
import { type DeletionStep, deletionStep } from "./deletion.ts";
import type { Election } from "./elected.ts";
import { elect, staleWishes } from "./election.ts";
import { rulesOf } from "./exclusive.ts";
import {
	type Observation,
	otherOf,
	presentIn,
	type RegionSeen,
	type SeenSide,
} from "./observation.ts";
import { operationStep } from "./operation.ts";
import type { Plan } from "./plan.ts";
import { type News, newsOf, rollup } from "./rollup.ts";
import { NO_CHANGE, type SideChange, type SyncStep, syncStep } from "./sync.ts";

/** At most one for each region and turn; the next turn sees what became of it. */
export type Action =
	| { readonly do: "dryRun"; readonly region: string }
	| ({ readonly do: "create" } & Creation)
	| {
			readonly do: "wish";
			readonly region: string;
			readonly side: SeenSide;
			/** Null: taken back. */
			readonly wish: Wish | null;
			/** The policy goes with the wish: an Exclusive side would refuse it. */
			readonly policy: boolean;
			readonly urgent: boolean;
	  }
	| {
			readonly do: "write";
			readonly region: string;
			readonly side: SeenSide;
			readonly change: SideChange;
			/** It holds only for the version that was read. */
			readonly careful: boolean;
	  }
	| { readonly do: "delete"; readonly region: string; readonly side: SeenSide };

export interface Decision {
	readonly plan: Plan;
	readonly status: TwinServiceStatus;
	readonly news: readonly News[];
	readonly actions: readonly Action[];
	/** The service's own, when they have to change. */
	readonly finalizers?: readonly string[];
	readonly pending: DeletionStep["pending"];
	/** Made on what was seen; roles hang on it, so it is to be made again on sides read now. */
	readonly careful: boolean;
}

export function decide(seen: Observation): Decision {
	const { service } = seen;
	const step = seen.operation && operationStep(seen, seen.operation);
	const deletion = service.deleting ? deletionStep(seen) : undefined;
	const barred = syncStep(seen, { kind: "rest" }).problem;
	const election: Election =
		barred && BARS.has(barred.reason) ? { kind: "rest" } : elect(seen, step);
	const sync = syncStep(seen, election);
	const plan: Plan = {
		election,
		sync,
		...(step ? { step } : {}),
		...(deletion ? { deletion } : {}),
	};
	const status = rollup(seen, plan);
	const actions = deletion
		? removals(deletion)
		: [...wishes(seen, election), ...syncs(sync)];
	return {
		plan,
		status,
		news: newsOf(service.status, status, service.deleting),
		actions: onePerRegion(actions),
		...finalizersOf(seen, sync, deletion),
		pending: deletion?.pending ?? [],
		careful: actions.some(
			(it) => CAREFUL.has(it.do) || (it.do === "write" && it.careful),
		),
	};
}

const CAREFUL = new Set<Action["do"]>(["create", "wish", "delete"]);

/** With these nobody knows whose side it is, so nothing is wished there either. */
const BARS = new Set<string>([
	"ForeignInstallation",
	"WrongRegion",
	"SameCluster",
	"OnePairPerHub",
	"UnknownCluster",
	"ActiveReplaced",
]);

function wishes(seen: Observation, election: Election): Action[] {
	const list: Action[] = staleWishes(seen, election).flatMap((region) => {
		const side = presentIn(region);
		return side
			? [
					{
						do: "wish",
						region: region.name,
						side,
						wish: null,
						policy: false,
						urgent: true,
					},
				]
			: [];
	});
	if (election.kind !== "wish") return list;
	const region = seen.regions.find((it) => it.name === election.region);
	const side = region && presentIn(region);
	if (!side || isWished(side.wish, election.wish)) return list;
	// What is taken back comes first: one action for each region and turn.
	return [
		...list,
		{
			do: "wish",
			region: election.region,
			side,
			wish: { ...election.wish, ...carried(seen, region, election) },
			policy: side.policy !== seen.service.policy && rulesOf(seen) === "Wishes",
			urgent: election.why !== "Creation",
		},
	];
}

/** A promotion starts with the load that the other side bore, as far as it is known. */
function carried(
	seen: Observation,
	region: RegionSeen,
	{ wish, why }: Extract<Election, { kind: "wish" }>,
): Pick<Wish, "lastActive"> {
	// At a creation nobody can tell which side was active last.
	if (wish.to !== region.name || why === "Creation") return {};
	const { side } = otherOf(seen, region);
	const other =
		side.kind === "present"
			? side.side
			: side.kind === "unknown"
				? side.last
				: undefined;
	const lastActive = other?.status.lastActive;
	return lastActive ? { lastActive } : {};
}

const isWished = (there: Wish | undefined, wish: Wish): boolean =>
	there?.to === wish.to &&
	there.ifEpoch === wish.ifEpoch &&
	there.supersedes === wish.supersedes;

const syncs = (sync: SyncStep): Action[] => [
	...sync.dryRun.map((region): Action => ({ do: "dryRun", region })),
	...(sync.create ? [{ do: "create", ...sync.create } as const] : []),
	...sync.write.map(
		(it): Action => ({ do: "write", region: it.side.region, ...it }),
	),
];

function removals(deletion: DeletionStep): Action[] {
	return [
		...deletion.orphan.map(
			(side): Action => ({
				do: "write",
				region: side.region,
				side,
				change: { ...NO_CHANGE, deletionPolicy: true },
				careful: false,
			}),
		),
		...deletion.remove.map(
			(side): Action => ({ do: "delete", region: side.region, side }),
		),
	];
}

const onePerRegion = (actions: readonly Action[]): readonly Action[] =>
	actions.filter(
		(it, at) => actions.findIndex((o) => o.region === it.region) === at,
	);

function finalizersOf(
	{ service, regions }: Observation,
	sync: SyncStep,
	deletion: DeletionStep | undefined,
): Pick<Decision, "finalizers"> {
	const has = service.finalizers.includes(SERVICE_FINALIZER);
	if (deletion) {
		return has && deletion.release
			? {
					finalizers: service.finalizers.filter(
						(it) => it !== SERVICE_FINALIZER,
					),
				}
			: {};
	}
	const placing = sync.create !== undefined || sync.dryRun.length > 0;
	const placed = regions.some((it) => it.side.kind === "present");
	return !has && !sync.problem && (placing || placed)
		? { finalizers: [...service.finalizers, SERVICE_FINALIZER] }
		: {};
}
