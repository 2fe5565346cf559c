/** Credentials in other forms than a kubeconfig: as good as one, and taken up while running. */
import { afterAll, beforeAll, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import {
	access,
	OPERATOR_NAMESPACE,
	registration,
} from "../clusters/install.ts";
import { closeRun } from "../clusters/real/cluster.ts";
import { until } from "../clusters/wait.ts";
import {
	profileRef,
	publish,
	serveProfiles,
	tokenIn,
} from "./cluster-profile.ts";
import { at, edit, find, type Loose, remove } from "./kinds.ts";
import { pods, uid } from "./move.ts";
import {
	apply,
	condition,
	openWorld,
	pathOf,
	place,
	twinCluster,
	type World,
} from "./world.ts";

const NS = "forms";
let world: World;
let before: readonly unknown[];

beforeAll(async () => {
	world = await openWorld();
	await place(world, NS);
	before = (await pods(world.north, NS)).map(uid).toSorted();
});
afterAll(async () => {
	await world?.stop();
	await closeRun();
});

const untilSaid = (reason: string, says = "") =>
	until(`CredentialsValid for ${reason}, "${says}"`, async () => {
		const it = condition(await twinCluster(world, "north"), "CredentialsValid");
		if (it?.reason === reason && it.message.includes(says)) return true;
		throw new Error(JSON.stringify(it ?? null));
	});

/** The operator works in north, with whatever it has now. */
async function untilRepaired(): Promise<void> {
	await edit(world.north, pathOf.configMap(NS, "web"), {
		data: { key: "drift" },
	});
	await until("drift to be repaired", async () => {
		return (await find(world.north, NS, "configmaps")).data.key === "value";
	});
}

function register(credentials: object): Promise<void> {
	const object = registration("north") as Loose;
	return apply(world.hub, { ...object, spec: { ...object.spec, credentials } });
}

it("Argo CD's form with a certificate", async () => {
	await remove(
		world.hub,
		at(OPERATOR_NAMESPACE, "secrets", "north-kubeconfig"),
	);
	await untilSaid("CredentialsInvalid", "which does not exist");
	const { clusters, users }: Loose = JSON.parse(world.north.kubeconfig);
	const secret = access({ north: "" })[1] as KubeObject;
	await apply(world.hub, {
		...secret,
		data: {
			name: btoa("north"),
			server: btoa(world.north.url),
			config: btoa(
				JSON.stringify({
					tlsClientConfig: {
						caData: clusters[0].cluster["certificate-authority-data"],
						certData: users[0].user["client-certificate-data"],
						keyData: users[0].user["client-key-data"],
					},
				}),
			),
		},
	});
	await untilSaid("ExpiringSoon");
	await untilRepaired();
});

it("a ClusterProfile on a hub that serves none is refused in words", async () => {
	await register(profileRef("north"));
	await untilSaid("CredentialsInvalid", "has to serve ClusterProfiles");
	// What the hub had before is used on.
	await untilRepaired();
});

it("a ClusterProfile whose token is missing is refused in words", async () => {
	await serveProfiles(world.hub);
	await publish(world.hub, world.north);
	await untilSaid("CredentialsInvalid", "key token, which does not exist");
});

it("a ClusterProfile with a token", async () => {
	const token = await tokenIn(world.north);
	await apply(world.hub, {
		apiVersion: "v1",
		kind: "Secret",
		metadata: { namespace: OPERATOR_NAMESPACE, name: "north" },
		data: { token: btoa(token) },
	});
	await untilSaid("ExpiringSoon");
	await untilRepaired();
	expect(world.operator.lines.join("\n")).not.toContain(token);
});

it("nothing was moved or restarted by any of them", async () => {
	expect((await pods(world.north, NS)).map(uid).toSorted()).toEqual(before);
});
