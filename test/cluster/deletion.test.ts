/** How services and regions go, and what stays. Silence deletes nothing. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeRun, type RealCluster } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { faultsOf, history, start } from "./history.ts";
import { edit, find, type Loose, volumeClaim } from "./kinds.ts";
import { pods, uid } from "./move.ts";
import {
	condition,
	get,
	isTrue,
	openWorld,
	pathOf,
	place,
	service,
	side,
	twinCluster,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

let world: World;
let regions: readonly RealCluster[];

beforeAll(async () => {
	world = await openWorld();
	regions = [world.north, world.south];
	await Promise.all([
		place(world, "plain", twinService("plain", {}, [volumeClaim()])),
		place(world, "orphan", orphan),
		...["forced", "held", "stays", "last"].map((ns) => place(world, ns)),
		place(world, "left", twinService("left", { deletionPolicy: "Orphan" })),
	]);
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

const orphan = twinService("orphan", { standby: { mode: "Hot" } });
const ask = (ns: string) =>
	world.hub.kubectl(["-n", ns, "delete", "tws", "web", "--wait=false"]);
/** A garbage collector looks for new kinds, such as TwinSides, twice a minute only. */
const patient = { timeoutMs: 150_000 };
const untilGone = (ns: string) =>
	until(
		`${ns}/web to be gone from the hub`,
		async () => (await service(world, ns)) === undefined,
		patient,
	);
const untilSideGone = (it: RealCluster, ns: string) =>
	until(
		`the side of ${ns} to be gone in ${it.name}`,
		async () => (await side(it, ns)) === undefined,
		patient,
	);
/** What a person would see of a service that runs on. */
const running = async (region: RealCluster, ns: string) => {
	const { metadata } = await find(region, ns, "deployments");
	const those = (await pods(region, ns)).map(uid).toSorted();
	return { uid: metadata.uid, generation: metadata.generation, pods: those };
};

describe("Delete", () => {
	it("takes everything away in both regions but claims and namespaces", async () => {
		const since = await start(world.hub, "plain");
		await ask("plain");
		await untilGone("plain");
		const moments = await history(world.hub, "plain", since);
		expect(moments.at(-1)?.type).toBe("DELETED");
		expect(moments.flatMap(faultsOf)).toEqual([]);
		for (const region of regions) {
			await untilSideGone(region, "plain");
			for (const plural of ["deployments", "configmaps"]) {
				await until(`${plural} to be gone in ${region.name}`, async () => {
					return (await find(region, "plain", plural)) === undefined;
				});
			}
			await until(`pods to be gone in ${region.name}`, async () => {
				return (await pods(region, "plain")).length === 0;
			});
			const claims = "persistentvolumeclaims";
			expect(await find(region, "plain", claims, "data")).toBeDefined();
			expect(await get(region, "/api/v1/namespaces/plain")).toBeDefined();
		}
	});

	it("made again, it finds its claim", async () => {
		await place(world, "plain", twinService("plain", {}, [volumeClaim()]));
	});
});

describe("Orphan", () => {
	it("leaves everything running as it is, and belonging to nobody", async () => {
		// Not its generation: the API server counts our annotations going, too.
		const seen = () =>
			Promise.all(
				regions.map(async (it) => {
					const { generation: _, ...rest } = await running(it, "orphan");
					return rest;
				}),
			);
		const before = await seen();
		await edit(world.hub, pathOf.service("orphan", "web"), {
			spec: { deletionPolicy: "Orphan" },
		});
		await ask("orphan");
		await untilGone("orphan");
		for (const region of regions) {
			await untilSideGone(region, "orphan");
			for (const plural of ["deployments", "configmaps"]) {
				const { metadata } = await find(region, "orphan", plural);
				expect(metadata.ownerReferences).toBeUndefined();
				const texts = JSON.stringify([metadata.labels, metadata.annotations]);
				expect(texts).not.toContain("twin-operator.dev");
			}
		}
		expect(await seen()).toEqual(before);
	});
});

describe("a service that is torn away by force", () => {
	const path = pathOf.service("forced", "web");
	let before: Awaited<ReturnType<typeof running>>;

	beforeAll(async () => {
		before = await running(world.north, "forced");
		// The operator would answer the deletion itself, as it should.
		await world.operator.stop();
		await edit(world.hub, path, { metadata: { finalizers: null } });
		await world.hub.request("DELETE", path);
		expect(await service(world, "forced")).toBeUndefined();
		world.restartOperator();
	});

	it("its sides are told of, and never deleted", async () => {
		for (const name of ["north", "south"]) {
			const it = await until(`${name} to tell`, async () => {
				const it = await twinCluster(world, name);
				return isTrue(it, "Stalled") && it;
			});
			const { reason, message } = condition(it, "Stalled") ?? {};
			expect(reason).toBe("Unclaimed");
			expect(message).toContain("forced/web");
		}
		expect(await running(world.north, "forced")).toEqual(before);
	});

	it("claimed again, nothing restarts", async () => {
		await place(world, "forced");
		await until("nothing to be unclaimed", async () => {
			const all = await Promise.all(
				["north", "south"].map((it) => twinCluster(world, it)),
			);
			return all.every((it) => condition(it, "Stalled")?.status === "False");
		});
		expect(await running(world.north, "forced")).toEqual(before);
	});
});

describe("a region is dead", () => {
	let kept: readonly (string | undefined)[];
	let said: string;

	beforeAll(async () => {
		const uidIn = async (ns: string) =>
			uid((await side(world.south, ns)) as Loose);
		kept = [await uidIn("held"), await uidIn("stays")];
		await world.south.kill();
		await until("south to be missed", async () => {
			const it = await twinCluster(world, "south");
			return condition(it, "Reachable")?.status === "False";
		});
		await Promise.all([ask("held"), ask("left")]);
		const it = await untilService(world, "held", "to say what holds it", (it) =>
			// Silence alone is told of as well, and shows no way out.
			(condition(it, "Ready")?.message ?? "").includes("let-go"),
		);
		said = condition(it, "Ready")?.message ?? "";
	});

	it("holds the deletion, in words, and the other region is cleaned", async () => {
		expect(said).toContain("south does not answer");
		await untilSideGone(world.north, "held");
		const it = await service(world, "held");
		expect(condition(it, "Ready")?.reason).toBe("Deleting");
		expect(isTrue(it, "Reconciling")).toBe(true);
	});

	it("let go of as the message shows: it goes, and what is left is recorded", async () => {
		const [, command = ""] =
			/kubectl (-n held annotate .*=south)/.exec(said) ?? [];
		expect(command, said).not.toBe("");
		await world.hub.kubectl(command.split(" "));
		await untilGone("held");
		const { status } = (await twinCluster(world, "south")) ?? {};
		expect(status?.pendingDeletions).toEqual([
			{ namespace: "held", name: "web", uid: kept[0] },
		]);
	});

	it("let go of with Orphan: what is there runs on", async () => {
		const left = "twin-operator.dev/let-go=south";
		await world.hub.kubectl(["-n", "left", "annotate", "tws", "web", left]);
		await untilGone("left");
		expect(await find(world.north, "left", "deployments")).toBeDefined();
	});

	it("back again: only what was recorded, by its uid, is deleted", async () => {
		// Somebody else's uid under a name that is in use.
		const path = pathOf.cluster("south");
		const before = (await twinCluster(world, "south"))?.status;
		const other = { namespace: "stays", name: "web", uid: "00000000-0000" };
		const pendingDeletions = [...(before?.pendingDeletions ?? []), other];
		const merge = "application/merge-patch+json";
		const body = { status: { pendingDeletions } };
		await world.hub.request("PATCH", `${path}/status`, body, merge);
		await world.south.restart();
		await untilSideGone(world.south, "held");
		await until("the record to be empty", async () => {
			const it = await twinCluster(world, "south");
			return (it?.status?.pendingDeletions ?? []).length === 0;
		});
		await untilPlaced(world, "stays");
		expect(uid((await side(world.south, "stays")) as Loose)).toBe(kept[1]);
		await until("the Deployment of held to be gone", async () => {
			return (await find(world.south, "held", "deployments")) === undefined;
		});
		expect(await find(world.south, "left", "deployments")).toBeDefined();
	});
});

describe("a TwinCluster that is in use", () => {
	const rest = ["plain", "forced", "stays", "last"];

	it("is held, in words, and its services go on", async () => {
		await world.hub.kubectl("delete tc south --wait=false".split(" "));
		const it = await until("south to say what holds it", async () => {
			const it = await twinCluster(world, "south");
			return condition(it, "Ready")?.reason === "InUse" && it;
		});
		const { message } = condition(it, "Ready") ?? {};
		expect(message).toContain(`${rest.length} TwinServices name it`);
		expect(message).toContain("last/web");
		const path = pathOf.configMap("last", "web");
		await edit(world.south, path, { data: { key: "drift" } });
		await until("drift there to be repaired", async () => {
			return (
				(await find(world.south, "last", "configmaps")).data.key === "value"
			);
		});
	});

	it("goes with its last service", async () => {
		await Promise.all(rest.map(ask));
		await Promise.all(rest.map(untilGone));
		await until("south to be gone", async () => {
			return (await twinCluster(world, "south")) === undefined;
		});
		expect(await side(world.south, "last")).toBeUndefined();
	});
});
