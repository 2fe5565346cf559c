/** One region in virtual time: an embedded control plane, the agent, and a person who looks and changes things. */
import type { Resource } from "../../../src/api/kind.ts";
import { TWIN_SIDE } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import type {
	Answer,
	Api,
	Call,
	Clock,
	ListBody,
	Log,
} from "../../../src/shell/port.ts";
import { type Region, startRegion } from "../../../src/shell/region.ts";
import { VirtualClock } from "../../clusters/embedded/clock.ts";
import { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { projectCrds } from "../../clusters/embedded/crds.ts";
import type { Link } from "../../clusters/embedded/link.ts";
import { seeded } from "../../clusters/embedded/seed.ts";
import { type SideSpec, sideObject } from "./fixture.ts";
import { DEPLOYMENT, kindOf } from "./kinds.ts";

export interface LogLine {
	readonly level: "info" | "warn";
	readonly fields: Readonly<Record<string, unknown>>;
	readonly message: string;
}

const WRITES = new Set(["create", "apply", "merge", "json", "delete"]);

export class World {
	readonly clock = new VirtualClock();
	/** What the agent sees of it from its next start on. */
	agentClock: Clock = this.clock;
	readonly plane: ControlPlane;
	readonly admin: Api;
	readonly lines: LogLine[] = [];
	readonly calls: Call[] = [];
	/** Gives an answer instead of the server's, or lets the call pass. */
	intercept: ((call: Call) => Answer<never> | undefined) | undefined;
	/** After the server has carried the call out: the answer is lost. */
	swallow: ((call: Call) => boolean) | undefined;
	/** Kinds whose watches show nothing. */
	readonly muted = new Set<string>();
	/** Turns of the agent so far. */
	turns = 0;
	region: Region | undefined;
	/** Between the agent and its API server. */
	readonly link: Link;
	#agents = 0;

	constructor() {
		this.plane = new ControlPlane({
			name: "east",
			clock: this.clock,
			seed: 1,
			crds: projectCrds(),
		});
		this.admin = this.plane.connect("person").api;
		this.link = this.plane.newLink();
	}

	static async start(): Promise<World> {
		const world = new World();
		await world.create({
			apiVersion: "v1",
			kind: "Namespace",
			metadata: { name: "apps" },
		});
		world.agent();
		await world.clock.advance(1_000);
		return world;
	}

	agent(): void {
		this.#agents += 1;
		const random = seeded(this.#agents);
		this.region = startRegion({
			region: "east",
			installation: "default",
			namespace: "twin-operator-system",
			api: this.#watched(this.plane.connect("twin-operator", this.link).api),
			clock: this.agentClock,
			random: () => random.next(),
			log: this.#log(),
			metrics: {
				count: (name) => {
					if (name === "twin_operator_reconcile_turns_total") this.turns++;
				},
				set: () => {},
				drop: () => {},
				observe: () => {},
			},
		});
	}

	/** As a crash: nothing is ended in order. */
	async restart(): Promise<void> {
		const stopped = this.region?.stop();
		await this.clock.advance(10_000);
		await stopped;
		this.agent();
	}

	async stop(): Promise<void> {
		const stopped = this.region?.stop();
		await this.clock.advance(10_000);
		await stopped;
	}

	async until(what: string, check: () => Promise<boolean>): Promise<void> {
		for (let i = 0; i < 600; i++) {
			if (await check()) return;
			await this.clock.advance(100);
		}
		const side = await this.side().catch(() => undefined);
		throw new Error(
			`never came: ${what}; side: ${JSON.stringify(side?.status)}; log: ${JSON.stringify(this.lines.slice(-5))}`,
		);
	}

	writes(): string[] {
		return this.calls
			.filter((it) => WRITES.has(it.verb))
			.map(
				(it) =>
					`${it.verb} ${it.resource.kind}${it.subresource ? "/status" : ""}`,
			);
	}

	async createSide(spec: SideSpec, name = "shop"): Promise<void> {
		const { metadata, status: _, ...side } = sideObject(spec);
		await this.create({
			...side,
			metadata: {
				name,
				namespace: "apps",
				...(metadata.labels ? { labels: metadata.labels } : {}),
				...(metadata.finalizers ? { finalizers: metadata.finalizers } : {}),
			},
		});
	}

	async patchSide(spec: object, name = "shop"): Promise<void> {
		await this.merge(TWIN_SIDE, name, { spec });
	}

	async side(): Promise<KubeObject & { status: Record<string, unknown> }> {
		const side = await this.get(TWIN_SIDE, "shop");
		if (!side) throw new Error("no TwinSide");
		return side as KubeObject & { status: Record<string, unknown> };
	}

	async condition(type: string): Promise<string> {
		const { conditions = [] } = (await this.side()).status as {
			conditions?: { type: string; status: string; reason: string }[];
		};
		const found = conditions.find((it) => it.type === type);
		return found ? `${found.status} ${found.reason}` : "none";
	}

	async message(type: string): Promise<string> {
		const { conditions = [] } = (await this.side()).status as {
			conditions?: { type: string; message: string }[];
		};
		return conditions.find((it) => it.type === type)?.message ?? "";
	}

	/** A side that is created, wished active and ready. */
	async active(spec: SideSpec): Promise<void> {
		await this.createSide(spec);
		await this.until("stands by", async () => this.is("True StandingBy"));
		await this.patchSide({ wish: { to: "east", ifEpoch: 0 } });
		await this.until("serves", async () => this.is("True Serving"));
		await this.clock.advance(5_000);
	}

	async is(ready: string): Promise<boolean> {
		return (await this.condition("Ready")) === ready;
	}

	async wish(to: string, ifEpoch: number): Promise<void> {
		await this.patchSide({ wish: { to, ifEpoch } });
	}

	async create(body: KubeObject): Promise<KubeObject> {
		return this.#ok({
			verb: "create",
			resource: kindOf(body),
			...(body.metadata.namespace
				? { namespace: body.metadata.namespace }
				: {}),
			body,
		});
	}

	async merge(
		resource: Resource,
		name: string,
		body: unknown,
		subresource?: "status",
	): Promise<void> {
		await this.#ok({
			verb: "merge",
			resource,
			namespace: "apps",
			name,
			body,
			...(subresource ? { subresource } : {}),
		});
	}

	async delete(resource: Resource, name: string): Promise<void> {
		await this.#ok({
			verb: "delete",
			resource,
			namespace: "apps",
			name,
			body: { propagationPolicy: "Background" },
		});
	}

	async get(resource: Resource, name: string): Promise<KubeObject | undefined> {
		const answer = await this.admin.request({
			verb: "get",
			resource,
			namespace: "apps",
			name,
			timeoutMs: 1_000,
		});
		return answer.kind === "ok" ? answer.body : undefined;
	}

	/** The spec of an object that is there. */
	async spec<T>(resource: Resource, name: string): Promise<T> {
		const found = await this.get(resource, name);
		if (!found) throw new Error(`no ${resource.kind} ${name}`);
		return found.spec as T;
	}

	async replicas(name = "web"): Promise<number | undefined> {
		const { replicas } = await this.spec<{ replicas?: number }>(
			DEPLOYMENT,
			name,
		);
		return replicas;
	}

	async list(resource: Resource): Promise<readonly KubeObject[]> {
		const answer = await this.admin.request<ListBody>({
			verb: "list",
			resource,
			namespace: "apps",
			timeoutMs: 1_000,
		});
		if (answer.kind !== "ok") throw new Error(answer.message);
		return answer.body.items;
	}

	async #ok(call: Omit<Call, "timeoutMs">): Promise<KubeObject> {
		const answer = await this.admin.request({ ...call, timeoutMs: 1_000 });
		if (answer.kind !== "ok") throw new Error(answer.message);
		return answer.body;
	}

	#watched(api: Api): Api {
		return {
			request: async <T>(call: Call): Promise<Answer<T>> => {
				this.calls.push(call);
				const instead = this.intercept?.(call);
				if (instead) return instead;
				const answer = await api.request<T>(call);
				if (!this.swallow?.(call)) return answer;
				return { kind: "silent", why: "timeout", message: "no answer" };
			},
			watch: (call) =>
				api.watch({
					...call,
					onEvent: (event) => {
						if (!this.muted.has(call.resource.kind)) call.onEvent(event);
					},
				}),
			close: () => api.close(),
		};
	}

	#log(): Log {
		const take =
			(level: "info" | "warn") =>
			(fields: Readonly<Record<string, unknown>>, message: string) => {
				this.lines.push({ level, fields, message });
			};
		return { info: take("info"), warn: take("warn") };
	}
}
