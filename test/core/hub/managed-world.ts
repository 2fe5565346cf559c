/** A hub that installs agents, and two regions, in virtual time. No agent runs: Deployments have pods, and nothing in them. */
import { readFileSync } from "node:fs";
import { loadAll } from "js-yaml";
import {
	NAMESPACE,
	type Resource,
	SECRET,
	SERVICE_ACCOUNT,
	TWIN_CLUSTER,
} from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { PROFILES } from "../../../src/core/profile.ts";
import { startHub } from "../../../src/shell/hub.ts";
import type { Answer, Api, Call, ListBody } from "../../../src/shell/port.ts";
import { VirtualClock } from "../../clusters/embedded/clock.ts";
import { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { projectCrds } from "../../clusters/embedded/crds.ts";
import { seeded } from "../../clusters/embedded/seed.ts";
import {
	clusterObject,
	OPERATOR_NAMESPACE,
	REGIONS,
	type RegionName,
	secretObject,
} from "./objects.ts";

type Name = "hub" | RegionName;
const NAMES: readonly Name[] = ["hub", ...REGIONS];
const CRDS = projectCrds() as unknown as KubeObject[];
const SIDE_CRD = CRDS.find((it) => it.metadata.name?.startsWith("twinsides"));
const FILE = new URL(
	"../../../docs/install/region-exclusive.yaml",
	import.meta.url,
);
const RENDERED = (
	loadAll(readFileSync(FILE, "utf8")) as (KubeObject | null)[]
).filter((it): it is KubeObject => it != null);
const WRITES = new Set(["create", "apply", "merge", "json", "delete"]);

export class ManagedWorld {
	readonly clock = new VirtualClock();
	readonly planes: Record<Name, ControlPlane>;
	readonly links: Record<Name, ReturnType<ControlPlane["newLink"]>>;
	readonly person: Record<Name, Api>;
	/** Of the hub: `PLACE VERB KIND NAME`. */
	readonly writes: string[] = [];
	/** Asked for: `PLACE ACCOUNT`. */
	readonly tokens: string[] = [];
	readonly log: string[] = [];
	/** Whether the hub was given what agents are installed with. */
	kit = true;
	/** Of the hub that is started next. */
	installation = "default";
	/** After so many writes in the regions the hub is dead. */
	dieAfter = Number.POSITIVE_INFINITY;
	#hubs = 0;
	#life = { writes: 0, isDead: false };

	constructor() {
		const each = <T>(of: (name: Name, nth: number) => T) =>
			Object.fromEntries(NAMES.map((it, at) => [it, of(it, at)])) as Record<
				Name,
				T
			>;
		this.planes = each(
			(name, nth) =>
				new ControlPlane({
					...{ name, clock: this.clock, seed: nth + 1 },
					crds: name === "hub" ? (CRDS as never) : [],
				}),
		);
		this.links = each((name) => this.planes[name].newLink());
		this.person = each((name) => this.planes[name].connect("person").api);
	}

	static async start(
		agents: Record<RegionName, string>,
	): Promise<ManagedWorld> {
		const world = new ManagedWorld();
		await world.open(agents);
		return world;
	}

	/** `before`: the hub starts. */
	async open(
		agents: Record<RegionName, string>,
		before: () => void = () => {},
	): Promise<void> {
		const inside = { namespace: OPERATOR_NAMESPACE };
		await this.#create("hub", NAMESPACE, {
			...{ apiVersion: "v1", kind: "Namespace" },
			metadata: { name: OPERATOR_NAMESPACE },
		});
		for (const region of REGIONS) {
			const name = `twin-operator-witness-${region}`;
			await this.#create("hub", SERVICE_ACCOUNT, {
				...{ apiVersion: "v1", kind: "ServiceAccount" },
				metadata: { name, ...inside },
			});
			await this.#create("hub", SECRET, secretObject(region, region));
			await this.#create(
				"hub",
				TWIN_CLUSTER,
				clusterObject(region, agents[region]),
			);
			await this.clock.advance(1_000);
		}
		before();
		this.startHub();
	}

	startHub(): void {
		this.#hubs += 1;
		const random = seeded(this.#hubs);
		const life = { writes: 0, isDead: false };
		this.#life = life;
		startHub({
			installation: this.installation,
			namespace: OPERATOR_NAMESPACE,
			profile: PROFILES.Fast,
			api: this.#apiOf("hub", life),
			connector: {
				connect: (_, kubeconfig) => ({
					api: this.#apiOf(kubeconfig as RegionName, life),
					address: { server: `https://${kubeconfig}:6443` },
				}),
			},
			clock: this.clock,
			random: () => random.next(),
			log: {
				info: (_, message) => this.log.push(message),
				warn: (_, message) => this.log.push(message),
			},
			...(SIDE_CRD ? { sideCrd: SIDE_CRD } : {}),
			...(this.kit
				? {
						agents: {
							image: "twin-operator:1",
							gateImage: `busybox@sha256:${"0".repeat(64)}`,
							profile: "Fast",
							hub: { server: "https://hub:6443" },
							manifests: RENDERED,
						},
					}
				: {}),
		});
	}

	killHub(): void {
		this.#life.isDead = true;
	}

	async list(at: Name, resource: Resource): Promise<readonly KubeObject[]> {
		const answer = await this.person[at].request<ListBody>({
			...{ verb: "list", resource, timeoutMs: 1_000 },
			namespace: OPERATOR_NAMESPACE,
		});
		return answer.kind === "ok" ? answer.body.items : [];
	}

	async cluster(name: RegionName): Promise<KubeObject | undefined> {
		const answer = await this.person.hub.request({
			...{ verb: "get", resource: TWIN_CLUSTER, name, timeoutMs: 1_000 },
		});
		return answer.kind === "ok" ? answer.body : undefined;
	}

	async until(what: string, check: () => Promise<boolean>): Promise<void> {
		for (let i = 0; i < 2_000; i++) {
			if (await check()) return;
			await this.clock.advance(100);
		}
		throw new Error(`never came: ${what}; ${this.log.slice(-8).join("\n")}`);
	}

	async #create(at: Name, resource: Resource, body: KubeObject) {
		const { namespace } = body.metadata;
		const answer = await this.person[at].request({
			...{ verb: "create", resource, body, timeoutMs: 1_000 },
			...(namespace ? { namespace } : {}),
		});
		if (answer.kind !== "ok") throw new Error(answer.message);
	}

	#apiOf(at: Name, life: { writes: number; isDead: boolean }): Api {
		const { api } = this.planes[at].connect("twin-operator", this.links[at]);
		return {
			request: async <T>(call: Call): Promise<Answer<T>> => {
				if (WRITES.has(call.verb)) {
					if (at !== "hub") life.writes += 1;
					if (life.writes > this.dieAfter) life.isDead = true;
				}
				if (life.isDead) return new Promise(() => {});
				if (WRITES.has(call.verb))
					this.writes.push(
						`${at} ${call.verb} ${call.resource.kind} ${call.name ?? ""}`,
					);
				if (call.subresource === "token")
					return this.#tokenOf(at, call) as Answer<T>;
				const answer = await api.request<T>(call);
				if (call.verb === "apply" && call.resource.kind === "Service")
					await this.#address(at, call.name ?? "");
				return answer;
			},
			watch: (call) => api.watch(call),
			close: () => api.close(),
		};
	}

	/** The embedded API server gives no tokens. */
	#tokenOf(at: Name, { name = "" }: Call): Answer {
		this.tokens.push(`${at} ${name}`);
		return {
			...{ kind: "ok", status: 201 },
			body: {
				apiVersion: "authentication.k8s.io/v1",
				...{ kind: "TokenRequest", metadata: {} },
				status: { token: "the-token" },
			},
		};
	}

	/** Nor addresses. */
	async #address(at: Name, name: string): Promise<void> {
		const last = name.endsWith("-1") ? 51 : 50;
		await this.person[at].request({
			...{ verb: "merge", name, namespace: OPERATOR_NAMESPACE },
			resource: {
				...{ group: "", version: "v1", kind: "Service", plural: "services" },
				namespaced: true,
			},
			body: { spec: { clusterIP: `10.96.0.${last}` } },
			timeoutMs: 1_000,
		});
	}
}
