/** Whether everything is as the user wants it: the reasons why not. */
import { SIDE } from "../../src/api/label.ts";
import type { ControlPlane } from "../clusters/embedded/control-plane.ts";
import { at, type Dict, dict, list, text } from "../clusters/embedded/json.ts";
import { isHot, REGIONS, type RegionName, type Shape } from "./service.ts";
import { conditionOf, isTrue } from "./truth.ts";
import type { World } from "./world.ts";

export function unsettled(world: World): string[] {
	const open = [...world.truth.operations]
		.filter(([, it]) => !it.done && !world.deleted.has(it.service))
		.map(([name]) => `${name} is neither complete nor failed`);
	const services = [...world.shapes.values()].flatMap((shape) =>
		world.deleted.has(shape.name)
			? stillThere(world, shape)
			: unlikeWanted(world, shape),
	);
	return [...open, ...services];
}

/** The objects of a service in a region. */
function objectsOf(plane: ControlPlane, service: string): Dict[] {
	return [...plane.store.all()].filter((it) => {
		const name = text(at(it, "metadata", "name"));
		const kind = text(at(it, "kind"));
		const own = name === service || name.startsWith(`${service}-`);
		return own && kind !== "Pod" && kind !== "Job" && kind !== "Event";
	});
}

function stillThere(world: World, shape: Shape): string[] {
	const { name } = shape;
	if (world.truth.services.has(name))
		return [`${name} was deleted, and its TwinService is still there`];
	// A hub that forgot it deletes nothing: the side is reported as unclaimed.
	if (world.forgotten.has(name)) return [];
	return REGIONS.flatMap((region) => {
		const there = objectsOf(world.regions[region], name);
		const of = (it: Dict) =>
			`${region}: ${it.kind} ${name} of a deleted service`;
		const held = there.filter((it) => it.kind === "TwinSide");
		if (held.length > 0) return held.map((it) => `${of(it)} is still there`);
		if (shape.deletionPolicy === "Orphan")
			return there
				.filter((it) => at(it, "metadata", "labels", SIDE) !== undefined)
				.map((it) => `${of(it)} still has its label`);
		return there
			.filter((it) => it.kind !== "PersistentVolumeClaim")
			.map((it) => `${of(it)} is still there`);
	});
}

function unlikeWanted(world: World, shape: Shape): string[] {
	const { name } = shape;
	const found = world.truth.services.get(name);
	if (!found) return [`${name} has no TwinService`];
	const active = REGIONS.filter(
		(it) => world.truth.side(it, name)?.role === "Active",
	);
	const [one] = active;
	if (active.length !== 1 || !one)
		return [`${name} is active in [${active.join(", ")}]${whyOf(found)}`];
	return [
		...statusFaults(world, found, shape, one),
		...REGIONS.flatMap((it) =>
			regionFaults(world.regions[it], it, shape, it === one),
		),
	];
}

function statusFaults(
	world: World,
	found: Dict,
	shape: Shape,
	active: string,
): string[] {
	const { name } = shape;
	const faults: string[] = [];
	const generation = at(found, "metadata", "generation");
	if (at(found, "status", "observedGeneration") !== generation)
		faults.push(`${name}: status is of an older generation`);
	if (at(found, "status", "activeCluster") !== active)
		faults.push(`${name}: activeCluster is not ${active}`);
	for (const type of ["Ready", "Available", "Synced"])
		if (!isTrue(found, type))
			faults.push(`${name}: ${type} is not True${whyOf(found)}`);
	const redundant = conditionOf(found, "Redundant");
	const fits =
		shape.policy === "Exclusive" && !world.grants
			? redundant?.reason === "NoFencing"
			: redundant?.status === "True";
	if (!fits) faults.push(`${name}: Redundant is wrong${whyOf(found)}`);
	if (isTrue(found, "PromotionNeeded"))
		faults.push(`${name}: PromotionNeeded is True`);
	return faults;
}

const whyOf = (object: Dict): string =>
	` (${list(at(object, "status", "conditions"))
		.map((it) => `${at(it, "type")}=${at(it, "status")} ${at(it, "reason")}`)
		.join(", ")})`;

function regionFaults(
	plane: ControlPlane,
	region: RegionName,
	shape: Shape,
	active: boolean,
): string[] {
	const { name } = shape;
	const there = objectsOf(plane, name);
	const one = (kind: string, called: string) =>
		there.find((it) => it.kind === kind && nameOf(it) === called);
	const faults: string[] = [];
	const version = at(one("ConfigMap", name), "data", "version");
	if (version !== String(shape.version))
		faults.push(`${region}: ${name} has version ${version}`);
	if ((one("ConfigMap", `${name}-extra`) !== undefined) !== shape.extra)
		faults.push(
			`${region}: ${name}-extra is ${shape.extra ? "missing" : "left"}`,
		);
	const scale = at(one(shape.workload, name), "spec", "replicas");
	const standby = isHot(shape) ? 1 : 0;
	// With an HPA the live number is carried on; any that runs will do.
	const fits = !active
		? scale === standby
		: shape.rich
			? Number(scale) >= 1
			: scale === shape.replicas;
	if (!fits) faults.push(`${region}: ${name} has ${scale} replicas`);
	if (shape.rich) faults.push(...richFaults(region, shape, active, one));
	return faults;
}

function richFaults(
	region: string,
	{ name }: Shape,
	active: boolean,
	one: (kind: string, called: string) => Dict | undefined,
): string[] {
	const faults: string[] = [];
	const scaler = one("HorizontalPodAutoscaler", name) !== undefined;
	if (scaler !== active)
		faults.push(`${region}: ${name}'s HPA is ${scaler ? "there" : "missing"}`);
	const suspended = at(one("CronJob", `${name}-nightly`), "spec", "suspend");
	if ((suspended === true) === active)
		faults.push(`${region}: ${name}'s CronJob has suspend ${suspended}`);
	if (!one("PersistentVolumeClaim", name))
		faults.push(`${region}: ${name}'s claim is missing`);
	return faults;
}

const nameOf = (object: Dict): string => text(dict(object.metadata).name);
