/** `kubectl twin` against real control planes, from nothing to a lost region. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crds } from "../clusters/install.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import { type Person, personWith } from "./command.ts";
import { roleIn } from "./move.ts";
import {
	apply,
	get,
	namespace,
	openBare,
	twinService,
	untilPlaced,
	untilService,
	type World,
} from "./world.ts";

const NS = "shop";
let world: World;
let person: Person;

beforeAll(async () => {
	world = await openBare();
	person = personWith([world.hub, world.north, world.south], NS);
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

const register = (region: World["north"], ...more: string[]) =>
	person.twin([
		"register",
		region.name,
		"--kubeconfig-of",
		region.name,
		...more,
	]);

describe("on the way to the first service", () => {
	it("without the CRDs it says that this is no hub", async () => {
		const { code, err } = await person.twin(["status"]);
		expect(err).toContain("knows no TwinServices, so it is no hub");
		expect(code).toBe(1);
		const check = await person.twin(["check"]);
		expect(check.out).toContain(
			"CRD twinservices.twin-operator.dev is missing",
		);
		expect(check.code).toBe(1);
	});

	it("without regions, check says how to register one", async () => {
		await apply(world.hub, ...crds(), namespace("twin-operator-system"));
		await until("the CRDs to be served", () => served(), { timeoutMs: 60_000 });
		world.restartOperator();
		const { code, out } = await person.twin(["check"]);
		expect(out).toContain("0 regions registered: a pair has two");
		expect(out).toContain("kubectl twin register NAME --kubeconfig-of CONTEXT");
		expect(code).toBe(1);
	});

	it("register refuses an address that means the hub itself", async () => {
		const { code, err } = await register(world.north);
		expect(err).toContain("--server https://HOST:PORT");
		expect(code).toBe(2);
	});

	it("register gives the hub rights in a region, and waits until it is ready", async () => {
		for (const region of [world.north, world.south]) {
			const { code, out, err } = await register(region, "--server", region.url);
			expect(code, err).toBe(0);
			expect(out).toContain(
				`twincluster.twin-operator.dev/${region.name} registered`,
			);
			expect(out).toContain(`${region.name} is ready, after`);
			expect(out + err).not.toMatch(/eyJ|BEGIN/);
		}
	});

	it("what was registered carries a service out", async () => {
		await apply(world.hub, namespace(NS), twinService(NS));
		const spec = { promotion: { policy: "Manual" as const } };
		await apply(world.hub, twinService(NS, spec, [], "api"));
		await untilPlaced(world, NS);
		await untilPlaced(world, NS, "api");
		const { code, out } = await person.twin(["check"]);
		expect(out).toContain("2 of 2 services could be taken over now");
		expect(code).toBe(0);
	});
});

const served = async () => {
	if (await get(world.hub, "/apis/twin-operator.dev/v1alpha1/twinoperations"))
		return true;
	throw new Error("not yet");
};

describe("what is active where", () => {
	it("is told by status, as a plugin of the real kubectl", async () => {
		const { code, out, err } = await person.kubectl(["twin", "status", "-A"]);
		expect(code, err).toBe(0);
		expect(out).toMatch(/north +True +True +None/);
		expect(out).toContain("2 services: 2 serving, 2 could be taken over now");
		expect(out).toMatch(/shop +web +north +south +True +True/);
	});

	it("names of services are completed by kubectl", async () => {
		const { out } = await person.kubectl([
			"__complete",
			"twin",
			"explain",
			"w",
		]);
		expect(out.split("\n")).toContain("web");
	});

	it("is told as JSON in the same words", async () => {
		const { out } = await person.twin(["status", "web", "-o", "json"]);
		expect(JSON.parse(out)).toMatchObject({
			name: "web",
			active: "north",
			standby: "south",
			redundant: "True",
		});
	});

	it("is explained: what a loss would do", async () => {
		const web = await person.twin(["explain", "web"]);
		expect(web.out).toContain("Promoted. The hub makes south active");
		const api = await person.twin(["explain", "api"]);
		expect(api.out).toContain("kubectl twin failover api -n shop");
	});

	it("a region says by itself what it knows", async () => {
		const { out } = await person.twin(["status", "--context", "south"]);
		expect(out).toContain("Region south: 2 services, 0 active here");
	});

	it("a name that does not exist is answered with the nearest one", async () => {
		const { code, err } = await person.twin(["explain", "wep"]);
		expect(err).toContain(
			"there is no TwinService wep in namespace shop. Did you mean web?",
		);
		expect(code).toBe(1);
		const far = await person.twin(["explain", "web", "-n", "else"]);
		expect(far.err).toContain("There is one in shop: add -n shop");
	});

	it("without rights it names the missing one", async () => {
		const account = ["create", "token", "default", "-n", NS];
		const token = (await world.hub.kubectl(account)).trim();
		const kubeconfig = withToken(world.hub, token);
		const weak = personWith([{ ...world.hub, kubeconfig }], NS);
		const { code, err } = await weak.twin(["status"]);
		expect(err).toContain("not allowed to list twinservices in namespace shop");
		expect(code).toBe(1);
	});
});

function withToken(cluster: World["hub"], token: string): string {
	const server = {
		server: cluster.url,
		"certificate-authority-data": Buffer.from(cluster.authority).toString(
			"base64",
		),
	};
	return JSON.stringify({
		clusters: [{ cluster: server }],
		users: [{ user: { token } }],
	});
}

describe("moves", () => {
	it("switchover tells each stage, and where it ended", async () => {
		const { code, out, err } = await person.twin(["switchover", "web"]);
		expect(code, err).toBe(0);
		for (const it of ["Started", "OldStopped", "Activated", "Ready"])
			expect(err).toMatch(new RegExp(`\\d+\\.\\d s {2}${it}`));
		expect(out).toMatch(/web is active in south, after \d+(\.\d+)? s/);
		expect(await roleIn(world.south, NS)).toContain("Active");
	});

	it("failback moves it home, and once is enough", async () => {
		await untilPlaced(world, NS);
		const { code, err } = await person.twin(["failback", "web"]);
		expect(code, err).toBe(0);
		const again = await person.twin(["failback", "web"]);
		expect(again.out).toContain(
			"web is active in north already: nothing to do.",
		);
		expect(again.code).toBe(0);
		const { out } = await person.twin(["history", "web"]);
		expect(out).toMatch(/Failback +south +north/);
		expect(out).toMatch(/Switchover +north +south/);
	});

	it("--from takes all that are active in a region, and names bring them home", async () => {
		await untilPlaced(world, NS);
		const there = await person.twin(["switchover", "--from", "north"]);
		expect(there.out).toContain("2 of 2 services have moved");
		expect(there.code, there.err).toBe(0);
		await untilPlaced(world, NS);
		await untilPlaced(world, NS, "api");
		const home = await person.twin(["failback", "web", "api"]);
		expect(home.out).toContain("2 of 2 services have moved");
		expect(home.code, home.err).toBe(0);
		expect(await roleIn(world.north, NS, "api")).toContain("Active");
		await untilPlaced(world, NS);
	});

	it("suspend and resume", async () => {
		const suspended = await person.twin(["suspend", "web"]);
		expect(suspended.out).toContain("web suspended");
		const { out } = await person.twin(["status"]);
		expect(out).toMatch(/web .*Suspended/);
		expect((await person.twin(["resume", "web"])).code).toBe(0);
	});

	it("Ctrl-C leaves the operation, and says how to follow it", async () => {
		await world.operator.stop();
		const { code, err } = await person.twin(
			["switchover", "web"],
			"has not looked at it yet",
		);
		expect(err).toContain("interrupted; the operation goes on");
		expect(code).toBe(130);
		world.restartOperator();
		await untilService(
			world,
			NS,
			"the move to go on",
			(it) => it.status?.activeCluster === "south",
		);
		await untilPlaced(world, NS);
	});
});

describe("a region is lost", () => {
	beforeAll(() => world.north.kill());

	it("status puts what needs a person first, and says what to do", async () => {
		await untilService(
			world,
			NS,
			"a person to be needed",
			(it) =>
				(it.status?.conditions ?? []).some(
					(one) => one.type === "PromotionNeeded",
				),
			60_000,
			"api",
		);
		const { out } = await person.twin(["status"]);
		expect(out).toContain("Region north: Unreachable");
		expect(out).toContain("shop/api: PromotionNeeded");
		expect(out.indexOf("shop/api:")).toBeLessThan(out.indexOf("shop/web:"));
		const { code } = await person.twin(["check"]);
		expect(code).toBe(1);
	});

	it("failover asks first, and does nothing where nobody can be asked", async () => {
		const { code, err } = await person.twin(["failover", "api"]);
		expect(err).toContain("is lost for south");
		expect(err).toContain("add --yes if that is meant");
		expect(code).toBe(2);
	});

	it("failover --yes moves it", async () => {
		const { code, out, err } = await person.twin(["failover", "api", "--yes"]);
		expect(code, err).toBe(0);
		expect(out).toContain("api is active in south");
	});

	it("the lost region itself gives no answer, and that is told", async () => {
		const { code, err } = await person.twin(["status", "--context", "north"]);
		expect(err).toContain("the API server of context north gives no answer");
		expect(code).toBe(1);
	});
});
