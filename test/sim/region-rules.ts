/** Rules about every change of an object in a region, whoever made it. */
import { EPOCH, SIDE } from "../../src/api/label.ts";
import { at, type Dict, text } from "../clusters/embedded/json.ts";
import type { Change } from "../clusters/embedded/store.ts";
import type { Report } from "./invariants.ts";
import { REGIONS, twinOf } from "./service.ts";
import type { World } from "./world.ts";

export function regionRules(
	world: World,
	region: string,
	change: Change,
	report: Report,
): void {
	const { kind } = change;
	if (isDeletion(change)) deletion(world, region, change, report);
	if (kind.kind === "TwinSide") roles(world, region, change, report);
	if (kind.kind === "Deployment" || kind.kind === "StatefulSet")
		workload(world, region, change, report);
	// With grants it is the gate that counts, not what an API server shows.
	if (kind.kind === "Pod" && !world.grants) twoSides(world, change, report);
}

const goes = (object: unknown): boolean =>
	at(object, "metadata", "deletionTimestamp") !== undefined;

/** The moment of a deletion, counted once. */
const isDeletion = ({ type, object, before }: Change): boolean =>
	type === "DELETED" ? !goes(before) : goes(object) && !goes(before);

/** Nothing is ever deleted because of silence, or because a hub forgot. */
function deletion(
	world: World,
	region: string,
	{ kind, object }: Change,
	report: Report,
): void {
	if (kind.kind === "Pod" || kind.kind === "Lease" || kind.kind === "Event")
		return;
	const name = text(at(object, "metadata", "name"));
	const service = text(at(object, "metadata", "labels", SIDE)) || name;
	const byUser = world.deleted.has(service);
	const standby = world.truth.side(region, service)?.role === "Standby";
	const what = `${region}: ${kind.kind} ${name} is deleted`;
	switch (kind.kind) {
		case "TwinSide": {
			const uid = text(at(object, "metadata", "uid"));
			if (
				!byUser &&
				!world.restoring.has(region) &&
				!world.truth.pendingDeletions.has(uid)
			)
				report(
					"no deletion unasked",
					`${what}, and nobody deleted the service`,
				);
			return;
		}
		case "HorizontalPodAutoscaler":
		case "Job":
			if (standby) return;
			break;
		case "PersistentVolumeClaim":
		case "Namespace":
			report("no deletion of data", what);
			return;
	}
	if (world.dropped.has(name)) return;
	const orphan = world.shapes.get(service)?.deletionPolicy === "Orphan";
	if (!byUser)
		report("no deletion unasked", `${what}, and nobody asked for it`);
	else if (orphan)
		report("no deletion unasked", `${what}, and deletionPolicy is Orphan`);
}

const epochOf = (side: unknown): number =>
	Number(at(side, "status", "epoch") ?? 0);

/** Epochs never fall, and a role changes by a wish for exactly the epoch it has. */
function roles(
	world: World,
	region: string,
	{ type, object, before }: Change,
	report: Report,
): void {
	const name = text(at(object, "metadata", "name"));
	const role = text(at(object, "status", "role"));
	if (type === "ADDED" && role !== "Standby")
		report("a new side is standby", `${region}: ${name} is created ${role}`);
	if (type !== "MODIFIED" || !before) return;
	const was = text(at(before, "status", "role"));
	const [old, now] = [epochOf(before), epochOf(object)];
	if (now < old)
		report("epochs never fall", `${region}: ${name} from ${old} to ${now}`);
	if (role === was) {
		// Rule 11: standby sides get an epoch, too.
		if (now !== old && !(world.grants && role === "Standby"))
			report(
				"an epoch is a change of role",
				`${region}: ${name} ${was} ${now}`,
			);
		return;
	}
	if (now !== old + 1)
		report("a role has an epoch", `${region}: ${name} from ${old} to ${now}`);
	if (world.grants) return;
	const wish = at(before, "spec", "wish") as Dict | undefined;
	const to = role === "Active" ? region : twinOf(region);
	if (wish?.to !== to || wish.ifEpoch !== old)
		report(
			"a role is wished for",
			`${region}: ${name} becomes ${role} at epoch ${old}, and the wish is ${JSON.stringify(wish)}`,
		);
	if (role === "Active" && wish?.supersedes && isExclusive(before))
		report("Exclusive never moves by loss", `${region}: ${name}`);
}

const isExclusive = (side: unknown): boolean =>
	at(side, "spec", "policy") === "Exclusive";

/** Rule 18, and no start of pods on a side that is standby. */
function workload(
	world: World,
	region: string,
	{ type, object, before }: Change,
	report: Report,
): void {
	if (type === "DELETED") return;
	const name = text(at(object, "metadata", "name"));
	const epoch = at(object, "metadata", "annotations", EPOCH);
	const old = at(before, "metadata", "annotations", EPOCH);
	if (epoch !== undefined && old !== undefined && Number(epoch) < Number(old))
		report(
			"a workload's epoch never falls",
			`${region}: ${name} from ${old} to ${epoch}`,
		);
	const service = text(at(object, "metadata", "labels", SIDE));
	const side = world.truth.side(region, service);
	if (!side || world.shapes.get(service)?.mode !== "Cold") return;
	const replicas = Number(at(object, "spec", "replicas") ?? 1);
	const grows = replicas > Number(at(before, "spec", "replicas") ?? 0);
	if (side.role === "Standby" && grows)
		report(
			"a standby side starts nothing",
			`${region}: ${name} gets ${replicas} replicas`,
		);
}

/** Both sides run at once only after one has taken over without the other's consent. */
function twoSides(world: World, { object }: Change, report: Report): void {
	const service = text(at(object, "metadata", "labels", SIDE));
	if (world.shapes.get(service)?.mode !== "Cold") return;
	const { truth } = world;
	const running = REGIONS.filter((it) => truth.pods(it, service) > 0);
	if (running.length < 2) {
		if (REGIONS.some((it) => isStopped(world, it, service)))
			world.overlapping.delete(service);
		return;
	}
	if (REGIONS.some((it) => truth.side(it, service)?.supersedes))
		world.overlapping.add(service);
	if (!world.overlapping.has(service) && !world.deleted.has(service))
		report(
			"a switchover never runs two",
			`${service} has pods in both regions`,
		);
}

const isStopped = (world: World, region: string, service: string): boolean =>
	world.truth.pods(region, service) === 0 &&
	world.truth.side(region, service)?.role === "Standby";
