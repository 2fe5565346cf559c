/** What a real API server makes of the CRDs: what it refuses, and in which words. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load, loadAll } from "js-yaml";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import {
	closeRun,
	type RealCluster,
	startCluster,
} from "../clusters/real/cluster.ts";
import type { Reply } from "../clusters/real/http.ts";
import { until } from "../clusters/wait.ts";
import { REFUSED } from "./crd-cases.ts";
import {
	configMap,
	deployment,
	operation,
	service,
	side,
} from "./crd-objects.ts";

const ROOT = join(import.meta.dirname, "../..");
const GROUP = "/apis/twin-operator.dev/v1alpha1";
const SHOP = `${GROUP}/namespaces/shop`;
const PATHS: Readonly<Record<string, string>> = {
	Namespace: "/api/v1/namespaces",
	TwinService: `${SHOP}/twinservices`,
	TwinOperation: `${SHOP}/twinoperations`,
	TwinSide: `${SHOP}/twinsides`,
	TwinCluster: `${GROUP}/twinclusters`,
};
const MERGE = "application/merge-patch+json";

let hub: RealCluster;

beforeAll(async () => {
	hub = await startCluster({ name: "hub", controllers: false, kwok: false });
	for (const file of readdirSync(join(ROOT, "crds"))) {
		const crd = load(readFileSync(join(ROOT, "crds", file), "utf8"));
		const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
		const { status, body } = await hub.request("POST", path, crd);
		if (status !== 201) throw new Error(`${file}: ${body.message}`);
	}
	await hub.request("POST", PATHS.Namespace ?? "", {
		metadata: { name: "shop" },
	});
	for (const path of Object.values(PATHS)) {
		await until(`${path} is served`, async () => {
			const { status } = await hub.request("GET", path);
			return status === 200;
		});
	}
}, 600_000);

afterAll(async () => {
	await hub?.stop();
	await closeRun();
});

const create = (object: KubeObject, query = ""): Promise<Reply> =>
	hub.request("POST", `${PATHS[object.kind]}${query}`, object);
const accepted = ({ status, body }: Reply) =>
	expect(status, body.message).toBeLessThan(300);
const refused = ({ status, body }: Reply, field: string, says: string) => {
	expect(status, JSON.stringify(body)).toBe(422);
	const causes = body.details.causes as { field: string; message: string }[];
	const found = causes.find((it) => it.field === field);
	expect(found?.message, body.message).toContain(says);
};

describe("refused", () => {
	it.each(REFUSED)("$name: $field", async ({ object, field, says }) => {
		refused(await create(object, "?dryRun=All"), field, says);
	});

	it("a change of a TwinOperation's spec", async () => {
		accepted(await create(operation()));
		const path = `${PATHS.TwinOperation}/move`;
		refused(
			await hub.request("PATCH", path, { spec: { to: "south" } }, MERGE),
			"spec",
			"create another TwinOperation",
		);
	});
});

describe("accepted", () => {
	it("every example", async () => {
		const files = readdirSync(join(ROOT, "examples"));
		expect(files.length).toBeGreaterThan(3);
		for (const file of files) {
			const text = readFileSync(join(ROOT, "examples", file), "utf8");
			for (const it of loadAll(text) as KubeObject[]) {
				if (it.kind === "Namespace") continue; // made above
				const query = "?dryRun=All&fieldValidation=Strict";
				accepted(await create(it, query));
			}
		}
	});

	it("what `kubectl create --dry-run=client -o yaml` prints", async () => {
		const print = ["--dry-run=client", "-o", "yaml"];
		const commands = [
			["deployment", "shop", "--image=nginx", "--replicas=2"],
			["cronjob", "report", "--image=busybox", "--schedule=0 3 * * *"],
			["configmap", "shop", "--from-literal=a=b"],
			["service", "clusterip", "shop", "--tcp=80:8080"],
			["poddisruptionbudget", "shop", "--min-available=1", "--selector=a=b"],
			["ingress", "shop", "--rule=shop.example/*=shop:80"],
		];
		const printed: unknown[] = [];
		for (const it of commands) {
			printed.push(load(await hub.kubectl(["create", ...it, ...print])));
		}
		expect(printed[0]).toHaveProperty("status", {});
		const object = service();
		object.spec.manifests = printed;
		const reply = await create(object, "?dryRun=All");
		accepted(reply);
		expect(reply.body.spec.manifests).toEqual(printed);
	});

	it("creationTimestamp null, null in a patch, and every form of Hot and Warm", async () => {
		const counts = [undefined, 1, 10000, "1%", "50%", "100%"];
		const forms = counts.flatMap((replicas) => [
			{ policy: "Available", mode: "Hot", replicas },
			{ policy: "Exclusive", mode: "Warm", replicas },
		]);
		for (const { policy, mode, replicas } of forms) {
			const object = service();
			object.spec.promotion = { policy };
			object.spec.manifests[1].metadata.creationTimestamp = null;
			object.spec.standby = { mode, ...(replicas && { replicas }) };
			object.spec.clusters[1].patches = [
				{
					target: { kind: "Deployment", name: "web" },
					ops: [
						{ op: "add", path: "/spec/paused", value: null },
						{ op: "move", from: "/spec/replicas", path: "/spec/replicas" },
					],
				},
			];
			accepted(await create(object, "?dryRun=All"));
		}
	});

	it("128 manifests with long names and as many patches as there may be", async () => {
		const object = service();
		const name = (at: number) => `${"c".repeat(240)}${at}`;
		object.spec.manifests = Array.from({ length: 128 }, (_, at) =>
			configMap(name(at)),
		);
		for (const it of object.spec.clusters) {
			it.patches = Array.from({ length: 64 }, (_, at) => ({
				target: { kind: "ConfigMap", name: name(127 - at) },
				ops: Array.from({ length: 16 }, () => ({
					op: "remove",
					path: "/data/greeting",
				})),
			}));
		}
		accepted(await create(object, "?dryRun=All"));
	});

	it("everything inside manifests is kept, and the defaults are filled in", async () => {
		const { body } = await create(service(), "?dryRun=All");
		expect(body.spec).toEqual({
			clusters: [{ name: "north" }, { name: "south" }],
			manifests: [configMap(), deployment()],
			standby: { mode: "Cold" },
			promotion: { policy: "Exclusive", gate: "Kill" },
			deletionPolicy: "Delete",
		});
	});
});

describe("a TwinSide's status", () => {
	const path = `${PATHS.TwinSide}/web`;
	const patch = (status: unknown, at = "/status") =>
		hub.request("PATCH", `${path}${at}`, { status }, MERGE);
	const now = async () => (await hub.request("GET", path)).body.status;

	it("is Standby at epoch 0 whatever a creation says", async () => {
		const object = { ...side(), status: { role: "Active", epoch: 7 } };
		accepted(await create(object));
		expect(await now()).toEqual({ role: "Standby", epoch: 0 });
	});

	it("changes role with a greater epoch only, and never falls", async () => {
		const says = "status.role changes only together with a greater epoch";
		refused(await patch({ role: "Active" }), "status.epoch", says);
		accepted(await patch({ role: "Active", epoch: 1 }));
		refused(await patch({ role: "Standby" }), "status.epoch", says);
		refused(await patch({ epoch: 0 }), "status.epoch", says);
		refused(await patch({ role: "Standby", epoch: 0 }), "status.epoch", says);
		accepted(await patch({ hash: "h", epoch: 1 }));
		accepted(await patch({ role: "Standby", epoch: 2 }));
		accepted(await patch({ epoch: 3 }));
		expect(await now()).toEqual({ role: "Standby", epoch: 3, hash: "h" });
	});

	it("cannot be forgotten", async () => {
		expect((await patch(null)).status).toBe(422);
		expect((await patch({ role: null })).status).toBe(422);
		expect((await patch({ epoch: null })).status).toBe(422);
		const { body } = await hub.request("GET", path);
		delete body.status;
		expect((await hub.request("PUT", `${path}/status`, body)).status).toBe(422);
		expect(await now()).toMatchObject({ role: "Standby", epoch: 3 });
	});

	it("is not reached through the object itself", async () => {
		accepted(await patch({ role: "Active", epoch: 9 }, ""));
		expect(await now()).toMatchObject({ role: "Standby", epoch: 3 });
	});

	it("goes with a home that stays", async () => {
		refused(
			await hub.request("PATCH", path, { spec: { home: "south" } }, MERGE),
			"spec.home",
			"it is fixed at creation",
		);
	});
});

describe("kubectl", () => {
	it("explains what there is to know of each kind", async () => {
		for (const kind of ["tc", "tws", "tsd", "twop"]) {
			// The API server publishes the schema a moment after it serves the kind.
			const text = await until(`${kind} to be explained`, () =>
				hub.kubectl(["explain", kind, "--recursive"]),
			);
			expect(text).toContain("spec\t<Object> -required-");
		}
		const field = "tws.spec.promotion.policy";
		const text = await hub.kubectl(["explain", field]);
		expect(text).toContain("never two active regions");
	});

	it("tells in one line who serves, and finds services by that", async () => {
		const object = service();
		accepted(await create(object));
		const time = "2026-01-01T00:00:00Z";
		const condition = (type: string, status: string, reason: string) => ({
			type,
			status,
			reason,
			message: "",
			lastTransitionTime: time,
		});
		const status = {
			activeCluster: "north",
			standbyCluster: "south",
			epoch: 5,
			conditions: [
				condition("Ready", "True", "Serving"),
				condition("Redundant", "False", "Unreachable"),
			],
		};
		const path = `${PATHS.TwinService}/web/status`;
		accepted(await hub.request("PATCH", path, { status }, MERGE));
		const get = async (...more: string[]) => {
			const text = await hub.kubectl(["-n", "shop", "get", "tws", ...more]);
			return text
				.trim()
				.split("\n")
				.map((line) => line.split(/ {2,}/));
		};
		const [head, line] = await get("-o", "wide");
		expect(head).toEqual([
			...["NAME", "READY", "ACTIVE", "STANDBY", "REDUNDANT", "SINCE", "AGE"],
			...["EPOCH", "POLICY", "REASON"],
		]);
		expect(line?.slice(0, 5)).toEqual([
			"web",
			"True",
			"north",
			"south",
			"False",
		]);
		expect(line?.slice(-3)).toEqual(["5", "Exclusive", "Serving"]);
		const by = (cluster: string) =>
			get("--field-selector", `status.activeCluster=${cluster}`, "-o", "name");
		expect(await by("north")).toEqual([["twinservice.twin-operator.dev/web"]]);
		expect(await by("south")).toEqual([[""]]);
	});
});
