/** Several hub operators on one hub: one works, and the next one follows, however it ends. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { LEADER_LEASE } from "../../src/core/hub/leader.ts";
import {
	access,
	crds,
	OPERATOR_NAMESPACE,
	registration,
} from "../clusters/install.ts";
import { type Operator, startOperator } from "../clusters/operator.ts";
import {
	closeRun,
	type RealCluster,
	startCluster,
} from "../clusters/real/cluster.ts";
import { freePort } from "../clusters/real/port.ts";
import { until } from "../clusters/wait.ts";
import { apply, condition, get, type isTrue, pathOf } from "./world.ts";

interface Hub extends Operator {
	readonly user: string;
	readonly port: number;
}

let cluster: RealCluster;
const started: Hub[] = [];

/** Each as a user of its own, so that the audit log tells whose a write was. */
async function start(): Promise<Hub> {
	const user = `hub-${started.length + 1}`;
	const groups = ["system:masters"];
	const port = await freePort();
	const operator = startOperator({
		command: "hub",
		kubeconfig: await cluster.kubeconfigFor({ user, groups }),
		flags: ["--profile", "Fast", "--leader-elect", "true"],
		httpPort: port,
	});
	const hub = { ...operator, user, port };
	started.push(hub);
	return hub;
}

const seen = async (hub: Hub, path: string) => {
	const answer = await fetch(`http://127.0.0.1:${hub.port}${path}`);
	return { status: answer.status, text: await answer.text() };
};
const untilStandby = (hub: Hub) =>
	until(`${hub.user} to stand by`, async () => {
		const { status } = await seen(hub, "/readyz");
		const { text } = await seen(hub, "/metrics");
		return status === 200 && text.includes("\ntwin_operator_leader 0\n");
	});

/** Seconds. The election's own bound is 16 s; the machine may be busy. */
async function untilLeading(hub: Hub): Promise<number> {
	const began = performance.now();
	await until(`${hub.user} to lead`, () =>
		hub.lines.some((it) => it.includes("this process leads: it starts")),
	);
	await until(`${hub.user} to be ready`, async () => {
		const { text } = await seen(hub, "/metrics");
		return (
			text.includes("\ntwin_operator_leader 1\n") &&
			(await seen(hub, "/readyz")).status === 200
		);
	});
	return (performance.now() - began) / 1_000;
}

/** Writes of the hub's work: the Lease is another matter. */
const writesOf = (hub: Hub) =>
	cluster
		.auditLog()
		.filter((it) => it.user.username === hub.user)
		.filter((it) => it.objectRef?.resource !== "leases").length;

const holder = async () => {
	const path = `/apis/coordination.k8s.io/v1/namespaces/${OPERATOR_NAMESPACE}/leases/${LEADER_LEASE}`;
	const lease = await get<{ spec: { holderIdentity?: string } }>(cluster, path);
	return lease?.spec.holderIdentity;
};

/** Somebody changes a TwinCluster: whoever works writes its status. */
async function change(site: string): Promise<void> {
	const object = registration("north");
	const spec = { ...(object.spec as object), failureDomain: site };
	await apply(cluster, { ...object, spec });
}
const untilNoticed = (what: string) =>
	until(`the hub to notice ${what}`, async () => {
		const it = await get<Parameters<typeof isTrue>[0]>(
			cluster,
			pathOf.cluster("north"),
		);
		const { observedGeneration } = condition(it, "Ready") ?? {};
		return observedGeneration === it?.metadata.generation;
	});

beforeAll(async () => {
	cluster = await startCluster({
		name: "hub",
		controllers: false,
		kwok: false,
		audit: true,
	});
	await apply(cluster, ...crds());
	await cluster.kubectl([
		"wait",
		"--for=condition=Established",
		"crd",
		"--all",
	]);
	// The Secret is missing on purpose: a region is not needed for writes.
	await apply(cluster, ...access({}), registration("north"));
});
afterAll(async () => {
	await Promise.all(started.map((it) => it.kill()));
	await cluster?.stop();
	await closeRun();
});

it("the first one leads, the second stands by, ready, and writes nothing", async () => {
	const first = await start();
	await untilLeading(first);
	const second = await start();
	await untilStandby(second);
	await change("one");
	await untilNoticed("the first change");
	expect(writesOf(first)).toBeGreaterThan(0);
	expect(writesOf(second)).toBe(0);
});

it("SIGKILL: the other one takes over", async () => {
	const [first, second] = started as [Hub, Hub];
	await first.kill();
	const seconds = await untilLeading(second);
	console.log(`took over ${seconds.toFixed(1)} s after SIGKILL`);
	await change("two");
	await untilNoticed("the second change");
	expect(writesOf(second)).toBeGreaterThan(0);
});

it("SIGSTOP: the other one takes over, and after SIGCONT the former leader ends without a write", async () => {
	const second = started[1] as Hub;
	const third = await start();
	await untilStandby(third);
	second.process.kill("SIGSTOP");
	const before = writesOf(second);
	const seconds = await untilLeading(third);
	console.log(`took over ${seconds.toFixed(1)} s after SIGSTOP`);
	// Waits in the connection of the one that is stopped: it would write it down.
	for (const site of ["three", "four", "five"]) await change(site);
	await untilNoticed("the changes");
	second.process.kill("SIGCONT");
	expect(await second.ended).toBe(1);
	expect(second.lines.at(-1)).toContain("this process leads no more");
	expect(writesOf(second)).toBe(before);
	await change("six");
	await untilNoticed("a change after it");
});

it("SIGTERM: the Lease is given back, and the next one follows at once", async () => {
	const third = started[2] as Hub;
	const fourth = await start();
	await untilStandby(fourth);
	const given = await holder();
	expect(await third.stop()).toBe(0);
	expect(await holder()).not.toBe(given);
	const seconds = await untilLeading(fourth);
	console.log(`took over ${seconds.toFixed(1)} s after SIGTERM`);
});
