/** A hub and two regions in virtual time, the hub operator, and a person at the hub. */
import {
	NAMESPACE,
	POD,
	type Resource,
	SECRET,
	TWIN_CLUSTER,
	TWIN_OPERATION,
	TWIN_SERVICE,
	TWIN_SIDE,
} from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import type {
	TwinCluster,
	TwinOperation,
	TwinService,
	TwinSide,
} from "../../../src/api/types.ts";
import { PROFILES } from "../../../src/core/profile.ts";
import { type Hub, startHub } from "../../../src/shell/hub.ts";
import type { Answer, Api, Call, ListBody } from "../../../src/shell/port.ts";
import { VirtualClock } from "../../clusters/embedded/clock.ts";
import { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { projectCrds } from "../../clusters/embedded/crds.ts";
import type { Link } from "../../clusters/embedded/link.ts";
import { seeded } from "../../clusters/embedded/seed.ts";
import { Series } from "../series.ts";
import {
	clusterObject,
	DEPLOYMENT,
	OPERATOR_NAMESPACE,
	operationObject,
	REGIONS,
	type RegionName,
	said,
	secretObject,
	type Wrote,
} from "./objects.ts";

const WRITES = new Set(["create", "apply", "merge", "json", "delete"]);
const CRDS = projectCrds() as unknown as KubeObject[];
const SIDE_CRD = CRDS.find((it) => it.metadata.name?.startsWith("twinsides"));
type Name = "hub" | RegionName;
const each = <T>(of: (name: Name, nth: number) => T): Record<Name, T> => ({
	hub: of("hub", 0),
	north: of("north", 1),
	south: of("south", 2),
});

export class World {
	readonly clock = new VirtualClock();
	readonly planes: Record<Name, ControlPlane>;
	readonly links: Record<Name, Link>;
	readonly person: Record<Name, Api>;
	/** Writes of the operator, dry runs left out. */
	readonly writes: Wrote[] = [];
	/** Reads of single TwinSides by the operator. */
	sideReads = 0;
	/** Of the log: their fields, and the message. */
	readonly lines: Readonly<Record<string, unknown>>[] = [];
	readonly metrics = new Series();
	/** What the connector knows of every region's. */
	credentials: { readonly expiresAt?: Date } = {};
	hub: Hub | undefined;
	#hubs = 0;

	constructor() {
		const plane = (name: Name, seed: number): ControlPlane =>
			new ControlPlane({
				name,
				clock: this.clock,
				seed,
				crds: name === "hub" ? (CRDS as never) : [],
			});
		this.planes = each((name, nth) => plane(name, nth + 1));
		this.links = each((name) => this.planes[name].newLink());
		this.person = each((name) => this.planes[name].connect("person").api);
	}

	/** Hub and regions, both registered, and the operator running. */
	static async start(): Promise<World> {
		const world = new World();
		await world.register();
		world.startHub();
		await world.clock.advance(3_000);
		return world;
	}

	/** What a hub has that was fed from Git. */
	async register(): Promise<void> {
		for (const name of [OPERATOR_NAMESPACE, "shop"])
			await this.create(NAMESPACE, {
				apiVersion: "v1",
				kind: "Namespace",
				metadata: { name },
			});
		for (const region of REGIONS) {
			await this.secret(region, region);
			await this.cluster(region);
			// Older and younger have to differ.
			await this.clock.advance(1_000);
		}
	}

	cluster(name: string, agent = "None"): Promise<KubeObject> {
		return this.create(TWIN_CLUSTER, clusterObject(name, agent));
	}

	secret(name: string, kubeconfig: string): Promise<KubeObject> {
		return this.create(SECRET, secretObject(name, kubeconfig));
	}

	startHub(): void {
		this.#hubs += 1;
		const random = seeded(this.#hubs);
		this.hub = startHub({
			installation: "default",
			namespace: OPERATOR_NAMESPACE,
			profile: PROFILES.Fast,
			api: this.#watched("hub"),
			connector: {
				connect: (_, kubeconfig) =>
					kubeconfig === "north" || kubeconfig === "south"
						? { api: this.#watched(kubeconfig), ...this.credentials }
						: { fault: "it is no kubeconfig" },
			},
			clock: this.clock,
			random: () => random.next(),
			log: {
				info: (fields, message) => this.lines.push({ ...fields, message }),
				warn: (fields, message) => this.lines.push({ ...fields, message }),
			},
			metrics: this.metrics,
			...(SIDE_CRD ? { sideCrd: SIDE_CRD } : {}),
		});
	}

	async stopHub(): Promise<void> {
		const stopped = this.hub?.stop();
		await this.clock.advance(10_000);
		await stopped;
	}

	/** The hub's etcd is gone; what was in Git is applied again. */
	async rebuildHub(services: readonly KubeObject[]): Promise<void> {
		await this.stopHub();
		this.planes.hub.wipe();
		await this.clock.advance(1_000);
		await this.register();
		for (const it of services) await this.create(TWIN_SERVICE, it);
		this.writes.length = 0;
		this.startHub();
	}

	service(name = "web"): Promise<TwinService | undefined> {
		return this.get("hub", TWIN_SERVICE, name) as never;
	}
	side(region: RegionName, name = "web"): Promise<TwinSide | undefined> {
		return this.get(region, TWIN_SIDE, name) as never;
	}
	operation(name: string): Promise<TwinOperation | undefined> {
		return this.get("hub", TWIN_OPERATION, name) as never;
	}
	twinCluster(name: string): Promise<TwinCluster | undefined> {
		return this.get("hub", TWIN_CLUSTER, name, undefined) as never;
	}

	async condition(type: string, name = "web"): Promise<string> {
		return said((await this.service(name))?.status?.conditions, type);
	}

	async message(type: string, name = "web"): Promise<string> {
		const service = await this.service(name);
		const found = service?.status?.conditions?.find((it) => it.type === type);
		return found?.message ?? "";
	}

	/** `Active/1 Standby/0`, north first. */
	async roles(name = "web"): Promise<string> {
		const sides = await Promise.all(REGIONS.map((it) => this.side(it, name)));
		return sides
			.map((it) => (it ? `${it.status?.role}/${it.status?.epoch}` : "none"))
			.join(" ");
	}

	async replicas(region: RegionName, name = "web"): Promise<number> {
		const found = await this.get(region, DEPLOYMENT, name);
		return (found?.spec as { replicas?: number })?.replicas ?? -1;
	}

	async podUids(region: RegionName): Promise<string[]> {
		const answer = await this.person[region].request<ListBody>({
			verb: "list",
			resource: POD,
			namespace: "shop",
			timeoutMs: 1_000,
		});
		const items = answer.kind === "ok" ? answer.body.items : [];
		return items.map((it) => it.metadata.uid ?? "").sort();
	}

	async until(what: string, check: () => Promise<boolean>): Promise<void> {
		for (let i = 0; i < 1_500; i++) {
			if (await check()) return;
			await this.clock.advance(100);
		}
		const status = (await this.service())?.status;
		throw new Error(
			`never came: ${what}; roles: ${await this.roles()}; status: ${JSON.stringify(status, null, 1)}; log: ${JSON.stringify(this.lines.slice(-8))}`,
		);
	}

	/** Created, and serving with a standby. */
	async serving(service: KubeObject): Promise<void> {
		await this.create(TWIN_SERVICE, service);
		const { name = "" } = service.metadata;
		await this.until("serves", async () =>
			(await this.condition("Ready", name)).startsWith("True"),
		);
	}

	operate(name: string, spec: object): Promise<KubeObject> {
		return this.create(TWIN_OPERATION, operationObject(name, spec));
	}

	create(resource: Resource, body: KubeObject): Promise<KubeObject> {
		const { namespace } = body.metadata;
		return this.#ok("hub", {
			verb: "create",
			resource,
			...(namespace ? { namespace } : {}),
			body,
		});
	}

	patch(
		name: string,
		body: unknown,
		resource = TWIN_SERVICE,
	): Promise<KubeObject> {
		const namespace = resource.namespaced ? { namespace: "shop" } : {};
		const verb = "merge";
		return this.#ok("hub", { verb, resource, ...namespace, name, body });
	}

	async remove(resource: Resource, name: string, at: Name = "hub") {
		await this.#ok(at, {
			verb: "delete",
			resource,
			...(resource.namespaced ? { namespace: "shop" } : {}),
			name,
			body: {},
		});
	}

	async get(
		at: Name,
		resource: Resource,
		name: string,
		namespace: string | undefined = "shop",
	): Promise<KubeObject | undefined> {
		const answer = await this.person[at].request({
			verb: "get",
			resource,
			...(resource.namespaced && namespace ? { namespace } : {}),
			name,
			timeoutMs: 1_000,
		});
		return answer.kind === "ok" ? answer.body : undefined;
	}

	async #ok(at: Name, call: Omit<Call, "timeoutMs">): Promise<KubeObject> {
		const answer = await this.person[at].request({ ...call, timeoutMs: 1_000 });
		if (answer.kind !== "ok") throw new Error(answer.message);
		return answer.body;
	}

	#watched(cluster: Name): Api {
		const { api } = this.planes[cluster].connect(
			"twin-operator",
			this.links[cluster],
		);
		return {
			request: <T>(call: Call): Promise<Answer<T>> => {
				if (WRITES.has(call.verb) && !call.query?.dryRun) {
					const sub = call.subresource ? "/status" : "";
					const what = `${call.resource.kind}${sub}`;
					this.writes.push({ cluster, verb: call.verb, what });
				}
				if (call.verb === "get" && call.resource === TWIN_SIDE)
					this.sideReads += 1;
				return api.request<T>(call);
			},
			watch: (call) => api.watch(call),
			close: () => api.close(),
		};
	}
}
