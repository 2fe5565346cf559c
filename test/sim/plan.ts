/** A seed becomes services, faults and what people do: all that varies between runs. */
import { type Random, seeded } from "../clusters/embedded/seed.ts";
import { type Fault, faultsFrom } from "./fault.ts";
import type { Agent } from "./operator.ts";
import { plain, REGIONS, type Shape } from "./service.ts";
import { isTrue } from "./truth.ts";
import * as user from "./user.ts";
import type { World } from "./world.ts";

export interface Deed {
	readonly atMs: number;
	act(world: World): void;
}

export interface Plan {
	readonly seed: number;
	readonly agent: Agent;
	readonly services: readonly Shape[];
	readonly faults: readonly Fault[];
	readonly deeds: readonly Deed[];
}

const oneOf = <T>(random: Random, of: readonly [T, ...T[]]): T =>
	of[random.below(of.length)] ?? of[0];

export function planFrom(seed: number, hard = false): Plan {
	const random = seeded(seed);
	const services = Array.from({ length: 1 + random.below(3) }, (_, nth) =>
		shapeFrom(random, `svc${nth}`),
	);
	const deeds = services.flatMap((it) => deedsFrom(random, it));
	return {
		seed,
		agent: random.next() < 0.5 ? "None" : "External",
		services,
		faults: faultsFrom(random, hard),
		deeds: deeds.sort((a, b) => a.atMs - b.atMs),
	};
}

function shapeFrom(random: Random, name: string): Shape {
	return {
		...plain,
		name,
		policy: oneOf(random, ["Available", "Available", "Manual", "Exclusive"]),
		mode: random.next() < 0.75 ? "Cold" : "Hot",
		first: oneOf(random, REGIONS),
		workload: random.next() < 0.7 ? "Deployment" : "StatefulSet",
		replicas: 1 + random.below(3),
		rich: random.next() < 0.3,
		deletionPolicy: random.next() < 0.5 ? "Delete" : "Orphan",
	};
}

function deedsFrom(random: Random, { name }: Shape): Deed[] {
	const some = random.below(4);
	const deeds = Array.from({ length: some }, () =>
		deedFrom(random, name),
	).flat();
	if (random.next() < 0.15) deeds.push(...deletionFrom(random, name));
	// A person who looks after Manual services.
	for (let atMs = 20_000; atMs < 140_000; atMs += 15_000)
		deeds.push({ atMs, act: (world) => promote(world, name) });
	return deeds;
}

function deedFrom(random: Random, name: string): Deed[] {
	const atMs = random.below(130_000);
	const replicas = 1 + random.below(3);
	const policy = oneOf<Shape["policy"]>(random, [
		"Available",
		"Manual",
		"Exclusive",
	]);
	const first = oneOf(random, REGIONS);
	switch (random.below(9)) {
		case 8: {
			const laterMs = atMs + random.below(6_000);
			return [
				{
					atMs,
					act: (world) => void user.move(world, name, { type: "Switchover" }),
				},
				{ atMs: laterMs, act: (world) => user.abandon(world, name) },
			];
		}
		case 6:
			return [{ atMs, act: (world) => user.change(world, name, { policy }) }];
		case 7:
			return [{ atMs, act: (world) => user.change(world, name, { first }) }];
		case 0:
		case 1:
			return [
				{
					atMs,
					act: (world) => void user.move(world, name, { type: "Switchover" }),
				},
			];
		case 2:
			return [
				{
					atMs,
					act: (world) => void user.move(world, name, { type: "Failover" }),
				},
			];
		case 3:
			return [
				{
					atMs,
					act: (world) => user.change(world, name, { replicas }),
				},
			];
		case 4:
			return [
				{ atMs, act: (world) => user.change(world, name, { extra: false }) },
			];
		default:
			return [
				{ atMs, act: (world) => user.change(world, name, { suspend: true }) },
				{
					atMs: atMs + 1_000 + random.below(30_000),
					act: (world) => user.change(world, name, { suspend: false }),
				},
			];
	}
}

function deletionFrom(random: Random, name: string): Deed[] {
	const atMs = 20_000 + random.below(110_000);
	const region = oneOf(random, REGIONS);
	const deed: Deed = { atMs, act: (world) => user.remove(world, name) };
	if (random.next() < 0.6) return [deed];
	const letGo: Deed = {
		atMs: atMs + random.below(20_000),
		act: (world) => user.letGo(world, name, region),
	};
	return [deed, letGo];
}

function promote(world: World, name: string): void {
	const found = world.truth.services.get(name);
	if (!found || !isTrue(found, "PromotionNeeded")) return;
	if (world.truth.operation(name, "Failover", world.clock.now())) return;
	user.move(world, name, { type: "Failover" });
}
