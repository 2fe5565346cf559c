/** Credentials and registrations that cannot be used: said in words, nothing is run, nothing is lost, nothing leaks. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { access, registration } from "../clusters/install.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { freePort } from "../clusters/real/port.ts";
import { until } from "../clusters/wait.ts";
import { at, edit, find, type Loose, remove } from "./kinds.ts";
import { CASES, type Traps } from "./kubeconfig-cases.ts";
import { pods, uid } from "./move.ts";
import { readTrace, traced, untraced } from "./trace.ts";
import {
	apply,
	condition,
	get,
	isTrue,
	namespace,
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

const SECRET = "canary-5f3c9a1e7b";
const OWN = "twin-operator-system";
const dir = mkdtempSync(join(tmpdir(), "twin-operator-bad-"));
const marker = join(dir, "was-run");
const file = join(dir, "token");
const calls = join(dir, "calls");
const port = await freePort();
let world: World;
let traps: Traps;

beforeAll(async () => {
	writeFileSync(file, SECRET);
	world = await openWorld({
		httpPort: port,
		...(untraced ? {} : { enter: await traced(calls) }),
	});
	const south = [{ name: "south" }, { name: "north" }] as const;
	await place(world, "safe", twinService("safe", { clusters: south }));
	const hour = 3_600_000;
	const expired = await world.south.kubeconfigFor({
		user: "admin",
		groups: ["system:masters"],
		notBefore: new Date(Date.now() - 2 * hour),
		notAfter: new Date(Date.now() - hour),
	});
	const { kubeconfig: good } = world.south;
	traps = { good, marker, file, secret: SECRET, expired };
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
	rmSync(dir, { recursive: true, force: true });
});

/** Replaces what the hub is given to reach a region. */
async function give(region: string, text: string | undefined): Promise<void> {
	const data = text === undefined ? { other: "" } : { kubeconfig: btoa(text) };
	const secret = access({ [region]: "" })[1] as KubeObject;
	await apply(world.hub, { ...secret, data });
}
/** A cluster as Argo CD keeps it. */
async function giveArgoCd(config: object): Promise<void> {
	const secret = access({ south: "" })[1] as KubeObject;
	const data = {
		name: btoa("south"),
		server: btoa(world.south.url),
		config: btoa(JSON.stringify(config)),
	};
	await apply(world.hub, { ...secret, data });
}

const untilCluster = (
	name: string,
	type: string,
	reason: string,
	says: string,
) =>
	until(`${name}: ${type} for ${reason}, "${says}"`, async () => {
		const it = await twinCluster(world, name);
		const found = condition(it, type);
		if (found?.reason === reason && found.message.includes(says)) return found;
		throw new Error(JSON.stringify(it?.status ?? null));
	});
const untilGood = (name: string) =>
	until(`${name} to be usable`, async () => {
		return isTrue(await twinCluster(world, name), "Ready");
	});

describe("credentials of a region that serves", () => {
	let before: readonly unknown[];

	beforeAll(async () => {
		before = (await pods(world.south, "safe")).map(uid).toSorted();
	});

	it.each(CASES)("$name: refused in words", async ({ text, says }) => {
		await give("south", text(traps));
		await untilCluster("south", "CredentialsValid", "CredentialsInvalid", says);
		const it = await twinCluster(world, "south");
		expect(isTrue(it, "Stalled")).toBe(true);
	});

	it("no Secret at all: refused in words", async () => {
		const path = at(OWN, "secrets", "south-kubeconfig");
		await remove(world.hub, path);
		const says = "south-kubeconfig, which does not exist";
		await untilCluster("south", "CredentialsValid", "CredentialsInvalid", says);
	});

	it("Argo CD's form with a program: refused in words", async () => {
		const exec = { command: "touch", args: [marker] };
		await giveArgoCd({ execProviderConfig: exec });
		const says = "config.execProviderConfig is refused";
		await untilCluster("south", "CredentialsValid", "CredentialsInvalid", says);
	});

	it("no program was run", () => {
		expect(existsSync(marker)).toBe(false);
	});

	it("the service is not moved, and its pods run on", async () => {
		const it = await service(world, "safe");
		expect(it?.status).toMatchObject({ activeCluster: "south", epoch: 1 });
		expect((await pods(world.south, "safe")).map(uid).toSorted()).toEqual(
			before,
		);
	});

	it("good ones again: it goes on", async () => {
		await give("south", world.south.kubeconfig);
		await untilGood("south");
		const path = pathOf.configMap("safe", "web");
		await edit(world.south, path, { data: { key: "drift" } });
		await until("drift to be repaired", async () => {
			return (
				(await find(world.south, "safe", "configmaps")).data.key === "value"
			);
		});
	});
});

describe("registrations", () => {
	it("a third TwinCluster: OnePairPerHub, and the pair is not disturbed", async () => {
		await apply(
			world.hub,
			...access({ third: world.north.kubeconfig }).slice(1),
			registration("third"),
		);
		const says = "a hub serves one pair: north and south";
		await untilCluster("third", "Stalled", "OnePairPerHub", says);
		const clusters = [{ name: "north" }, { name: "third" }] as const;
		const object = twinService("third", { clusters });
		await apply(world.hub, namespace("third"), object);
		const it = await untilService(world, "third", "to be Stalled", (it) =>
			isTrue(it, "Stalled"),
		);
		expect(condition(it, "Stalled")?.reason).toBe("OnePairPerHub");
		expect(await side(world.north, "third")).toBeUndefined();
		for (const it of ["north", "south"])
			expect(isTrue(await twinCluster(world, it), "Ready")).toBe(true);
		await world.hub.kubectl("-n third delete tws web".split(" "));
		await world.hub.kubectl("delete tc third".split(" "));
	});

	it("two TwinClusters at one cluster: SameCluster, and nothing moves there", async () => {
		await give("south", world.north.kubeconfig);
		const says = "north and south lead to the same cluster";
		await untilCluster("south", "Stalled", "SameCluster", says);
		const it = await untilService(world, "safe", "to be Stalled", (it) =>
			isTrue(it, "Stalled"),
		);
		expect(condition(it, "Stalled")?.reason).toBe("SameCluster");
		expect((await side(world.north, "safe"))?.status?.role).toBe("Standby");
		await give("south", world.south.kubeconfig);
		await untilPlaced(world, "safe");
		expect((await service(world, "safe"))?.status?.epoch).toBe(1);
	});

	it("another installation's TwinSide: told, and not touched", async () => {
		const theirs = { "twin-operator.dev/installation": "other" };
		const mine = (await side(world.south, "safe")) as Loose;
		const foreign: KubeObject = {
			...mine,
			metadata: { namespace: "theirs", name: "web", labels: theirs },
			spec: { ...mine.spec, installation: "other", wish: undefined },
		};
		await apply(world.south, namespace("theirs"), foreign);
		const before = await side(world.south, "theirs");
		await untilCluster("south", "Stalled", "ForeignInstallation", "other");
		await apply(world.hub, namespace("theirs"), twinService("theirs"));
		const it = await untilService(world, "theirs", "to be Stalled", (it) =>
			isTrue(it, "Stalled"),
		);
		expect(condition(it, "Stalled")).toMatchObject({
			reason: "ForeignInstallation",
			message: expect.stringContaining("belongs to installation other"),
		});
		expect(await side(world.south, "theirs")).toEqual(before);
		expect(await find(world.south, "theirs", "deployments")).toBeUndefined();
	});
});

describe("secrets", () => {
	const broken: KubeObject = {
		apiVersion: "v1",
		kind: "Secret",
		metadata: { name: "web" },
		// The API server quotes this when it refuses it.
		data: { key: { nested: SECRET } },
	};
	const hidden: KubeObject = {
		...broken,
		metadata: { name: "hidden" },
		stringData: { key: SECRET },
		data: {},
	};

	it("a refused Secret is named, and not quoted", async () => {
		const object = twinService("leak", {}, [hidden, broken]);
		await apply(world.hub, namespace("leak"), object);
		const it = await untilService(world, "leak", "to be Stalled", (it) =>
			isTrue(it, "Stalled"),
		);
		expect(condition(it, "Stalled")?.message).toContain("Secret web");
	});

	it("are in no status, no Event, no line of the log and no metric", async () => {
		await place(world, "hidden", twinService("hidden", {}, [hidden]));
		const path = at("hidden", "secrets", "hidden");
		await edit(world.north, path, { data: { key: btoa("drift") } });
		await until("drift to be repaired", async () => {
			const it = await find(world.north, "hidden", "secrets", "hidden");
			return atob(it.data.key) === SECRET;
		});
		const twin = "/apis/twin-operator.dev/v1alpha1";
		const lists = [
			[world.hub, `${twin}/twinclusters`],
			[world.hub, `${twin}/twinservices`],
			[world.hub, "/api/v1/events"],
			...[world.north, world.south].flatMap((it) => [
				[it, `${twin}/twinsides`] as const,
				[it, "/api/v1/events"] as const,
			]),
		] as const;
		const texts = await Promise.all(
			lists.map(async ([cluster, path]) => {
				const list = await get<{ items: Loose[] }>(cluster, path);
				return (list?.items ?? []).map(({ status, message }) =>
					JSON.stringify({ status, message }),
				);
			}),
		);
		const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
		expect(metrics.status).toBe(200);
		const all = [...texts.flat(), ...world.operator.lines];
		all.push(await metrics.text());
		expect(all.length).toBeGreaterThan(10);
		for (const form of [SECRET, btoa(SECRET)])
			expect(all.filter((it) => it.includes(form))).toEqual([]);
	});
});

it.skipIf(untraced)(
	"at the system calls: no program was started, and no file that a Secret names was opened",
	async () => {
		// The trace is complete when the process is gone.
		await world.operator.stop();
		const { trace, started } = readTrace(calls);
		expect(started.filter((it) => !it.includes(process.execPath))).toEqual([]);
		expect(started).toHaveLength(1);
		// The trace works: the operator's own files are in it.
		expect(trace).toContain("/src/main.ts");
		for (const it of [file, marker, "/etc/passwd", "/etc/shadow"])
			expect(trace).not.toContain(`"${it}"`);
	},
);
