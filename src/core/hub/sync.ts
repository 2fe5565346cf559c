/** What has to be written into the sides so that they carry what the service asks for. */
import { creation } from "./creation.ts";
import type { Election } from "./election.ts";
import {
	isAlive,
	type Observation,
	placedHash,
	presentIn,
	type RegionSeen,
	type SeenSide,
} from "./observation.ts";
import { namespaceProblem, type Problem } from "./placement.ts";
import { supersededRegion } from "./supersede.ts";

/** Fields of a side's spec that differ from the service. */
export interface SideChange {
	readonly objects: boolean;
	readonly policy: boolean;
	readonly suspend: boolean;
	readonly deletionPolicy: boolean;
}

export interface SyncStep {
	/** A person has to act before anything is written. */
	readonly problem?: Problem;
	/** Regions where the hash has to be tried before it is written anywhere. */
	readonly dryRun: readonly string[];
	readonly create?: { readonly region: string; readonly home: string };
	readonly write: readonly {
		readonly side: SeenSide;
		readonly change: SideChange;
	}[];
}

const NOTHING: SyncStep = { dryRun: [], write: [] };

export function syncStep(seen: Observation, election: Election): SyncStep {
	const { service } = seen;
	if (service.deleting || seen.isolated) return NOTHING;
	const problem = problemOf(seen);
	if (problem) return { ...NOTHING, problem };
	if (service.suspend) return { ...NOTHING, write: suspendOnly(seen) };
	const create = creation(seen);
	const changes = seen.regions.flatMap((it) => changeIn(seen, it, election));
	const placing =
		create !== undefined || changes.some((it) => it.change.objects);
	if (!placing) return { dryRun: [], write: changes };
	const untried = seen.regions.filter((it) => isUntried(it));
	const refused = seen.regions.find((it) => isRefused(it));
	// What else is to be written does not wait for what was refused.
	const rest = changes
		.map((it) => ({ ...it, change: { ...it.change, objects: false } }))
		.filter((it) => isChange(it.change));
	if (refused) {
		return {
			problem: refused.verdict as Problem,
			dryRun: [],
			write: rest,
		};
	}
	if (untried.length > 0)
		return { dryRun: untried.map((it) => it.name), write: rest };
	return { dryRun: [], ...(create ? { create } : {}), write: changes };
}

/** The first thing that keeps the service from being placed at all. */
export function problemOf(seen: Observation): Problem | undefined {
	const { service } = seen;
	return (
		namespaceProblem(service.namespace, seen.operatorNamespace) ??
		seen.regions.map((it) => it.problem).find((it) => it !== undefined) ??
		seen.regions
			.map((it) => ("reason" in it.placement ? it.placement : undefined))
			.find((it) => it !== undefined) ??
		seen.regions.map((it) => foreign(seen, it)).find((it) => it !== undefined)
	);
}

function foreign(seen: Observation, region: RegionSeen): Problem | undefined {
	const side = presentIn(region);
	if (!side) return undefined;
	if (side.installation !== seen.installation) {
		return {
			reason: "ForeignInstallation",
			message: `The TwinSide ${side.key} in ${region.name} belongs to installation ${side.installation || "(none)"}, and this hub is ${seen.installation}. Let one hub manage this name; or delete that TwinSide.`,
		};
	}
	if (side.region !== region.name) {
		return {
			reason: "WrongRegion",
			message: `The TwinSide ${side.key} in ${region.name} is made for ${side.region}. Correct spec.credentials of the TwinClusters: they lead to each other's cluster.`,
		};
	}
	return undefined;
}

function isUntried(region: RegionSeen): boolean {
	return (
		isAlive(region) &&
		presentIn(region)?.hash !== placedHash(region) &&
		region.verdict === "pending"
	);
}

const isRefused = (region: RegionSeen): boolean =>
	isAlive(region) &&
	presentIn(region)?.hash !== placedHash(region) &&
	typeof region.verdict !== "string";

function changeIn(
	seen: Observation,
	region: RegionSeen,
	election: Election,
): readonly { side: SeenSide; change: SideChange }[] {
	const side = presentIn(region);
	if (!side || side.deleting || !isAlive(region)) return [];
	// A superseded side becomes standby before anything else is synced there.
	if (supersededRegion(seen) === region) return [];
	if (election.kind === "person" && election.reason === "HomeMismatch")
		return [];
	const { service } = seen;
	const change: SideChange = {
		objects: side.hash !== placedHash(region),
		policy: side.policy !== service.policy,
		suspend: side.suspend !== service.suspend,
		deletionPolicy: side.deletionPolicy !== service.deletionPolicy,
	};
	return isChange(change) ? [{ side, change }] : [];
}

const isChange = (it: SideChange): boolean =>
	it.objects || it.policy || it.suspend || it.deletionPolicy;

/** The agents have to know that they are to leave drift alone; nothing else is written. */
function suspendOnly(seen: Observation): SyncStep["write"] {
	return seen.regions.flatMap((region) => {
		const side = presentIn(region);
		if (!side || side.deleting || side.suspend || !isAlive(region)) return [];
		const change = {
			objects: false,
			policy: false,
			suspend: true,
			deletionPolicy: false,
		};
		return [{ side, change }];
	});
}
