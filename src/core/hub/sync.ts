/** What has to be written into the sides so that they carry what the service asks for. */
import { type Creation, creation } from "./creation.ts";
import type { Election } from "./elected.ts";
import { fenceProblem } from "./fence.ts";
import {
	isAlive,
	type Observation,
	otherOf,
	placedHash,
	presentIn,
	type RegionSeen,
	type SeenSide,
} from "./observation.ts";
import { namespaceProblem } from "./placement.ts";
import { policyStep } from "./policy.ts";
import type { Problem } from "./problem.ts";
import { replacedProblem } from "./replaced.ts";
import { supersededRegion } from "./supersede.ts";

/** Fields of a side's spec that differ from the service. */
export interface SideChange {
	readonly objects: boolean;
	readonly policy: boolean;
	readonly gate: boolean;
	/** The other region was replaced. */
	readonly twin: boolean;
	readonly suspend: boolean;
	readonly deletionPolicy: boolean;
}

export interface SideWrite {
	readonly side: SeenSide;
	readonly change: SideChange;
	/** Rule 22: it holds only for the version that was read. */
	readonly careful: boolean;
}

/** Everything is left as it is: for whoever changes one thing. */
export const NO_CHANGE: SideChange = {
	objects: false,
	policy: false,
	gate: false,
	twin: false,
	suspend: false,
	deletionPolicy: false,
};

export interface SyncStep {
	/** A person has to act before anything is written. */
	readonly problem?: Problem;
	/** Regions where the hash has to be tried before it is written anywhere. */
	readonly dryRun: readonly string[];
	readonly create?: Creation;
	readonly write: readonly SideWrite[];
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
		.map((it) => ({ ...it, change: withoutObjects(it) }))
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

/** A Warm standby would run ungated if it ceased to be Exclusive before it ceased to be Warm. */
function withoutObjects({ side, change }: SideWrite): SideChange {
	const warm = change.objects && side.standby.mode === "Warm";
	return { ...change, objects: false, policy: change.policy && !warm };
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
		seen.regions
			.map((it) => foreign(seen, it))
			.find((it) => it !== undefined) ??
		replacedProblem(seen) ??
		fenceProblem(seen)
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
): readonly SideWrite[] {
	const side = presentIn(region);
	if (!side || side.deleting || !isAlive(region)) return [];
	// A superseded side becomes standby before anything else is synced there.
	if (supersededRegion(seen) === region) return [];
	if (election.kind === "person" && election.reason === "HomeMismatch")
		return [];
	const { service } = seen;
	const step = policyStep(seen);
	const policy =
		side.policy !== service.policy && step.now.includes(region.name);
	// Warm pods wait at a gate, and only an Exclusive side has one.
	const tooWarm =
		service.standby.mode === "Warm" && side.policy !== "Exclusive" && !policy;
	const change: SideChange = {
		objects: side.hash !== placedHash(region) && !tooWarm,
		policy,
		gate: (side.gate ?? "Kill") !== service.gate,
		twin: side.twin !== otherOf(seen, region).name,
		suspend: side.suspend !== service.suspend,
		deletionPolicy: side.deletionPolicy !== service.deletionPolicy,
	};
	const careful = policy && step.careful;
	return isChange(change) ? [{ side, change, careful }] : [];
}

const isChange = (it: SideChange): boolean =>
	Object.values(it).some((part) => part);

/** The agents have to know that they are to leave drift alone; nothing else is written. */
function suspendOnly(seen: Observation): SyncStep["write"] {
	return seen.regions.flatMap((region) => {
		const side = presentIn(region);
		if (!side || side.deleting || side.suspend || !isAlive(region)) return [];
		const change = { ...NO_CHANGE, suspend: true };
		return [{ side, change, careful: false }];
	});
}
