/** Two regions in virtual time, each with its agent; what their grants allow is set by hand. */
import { POD, TWIN_SIDE } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { PROFILES } from "../../../src/core/profile.ts";
import type { Authority } from "../../../src/core/region/authority.ts";
import type { SideStatus } from "../../../src/core/region/side.ts";
import type {
	Answer,
	Api,
	Call,
	ListBody,
	Log,
} from "../../../src/shell/port.ts";
import { type Region, startRegion } from "../../../src/shell/region.ts";
import { VirtualClock } from "../../clusters/embedded/clock.ts";
import { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { projectCrds } from "../../clusters/embedded/crds.ts";
import type { Link } from "../../clusters/embedded/link.ts";
import { seeded } from "../../clusters/embedded/seed.ts";
import { gated, NORMAL } from "./exclusive-fixture.ts";
import { configMap, deployment, sideObject } from "./fixture.ts";
import { DEPLOYMENT, kindOf } from "./kinds.ts";

export type Name = "east" | "west";
export const other = (region: Name): Name =>
	region === "east" ? "west" : "east";

export interface PairOptions {
	/** The agents have grants; else they decide by wishes. */
	readonly grants?: boolean;
}

/** F + 1.1 R + t_req of this profile. */
export const PROFILE = PROFILES.Fast;
export const GONE_MS = 7_100;

interface Place {
	readonly plane: ControlPlane;
	readonly admin: Api;
	/** Of its agent, to the twin's API server. */
	readonly toTwin: Link;
	authority: Authority;
	region: Region | undefined;
	/** Calls of its agent, to both API servers. */
	readonly calls: (Call & { readonly to: Name })[];
}

export class Pair {
	readonly clock = new VirtualClock();
	readonly at: Readonly<Record<Name, Place>>;
	readonly lines: string[] = [];
	readonly #grants: boolean;
	#agents = 0;

	constructor({ grants = true }: PairOptions = {}) {
		this.#grants = grants;
		this.at = { east: this.#place("east", 1), west: this.#place("west", 2) };
	}

	static async start(options: PairOptions = {}): Promise<Pair> {
		const pair = new Pair(options);
		for (const name of ["east", "west"] as const) {
			const body = {
				apiVersion: "v1",
				kind: "Namespace",
				metadata: { name: "apps" },
			};
			await pair.#ok(name, { verb: "create", resource: kindOf(body), body });
			pair.agent(name);
		}
		await pair.clock.advance(1_000);
		return pair;
	}

	#place(name: Name, seed: number): Place {
		const plane = new ControlPlane({
			name,
			clock: this.clock,
			seed,
			crds: projectCrds(),
		});
		const admin = plane.connect("person").api;
		const [toTwin, calls] = [plane.newLink(), []];
		return {
			plane,
			admin,
			toTwin,
			authority: NORMAL,
			region: undefined,
			calls,
		};
	}

	agent(name: Name): void {
		this.#agents += 1;
		const random = seeded(this.#agents);
		const place = this.at[name];
		const twin = this.at[other(name)].plane;
		const log: Log = {
			info: (_, message) => this.lines.push(`${name}: ${message}`),
			warn: (_, message) => this.lines.push(`${name}: ${message}`),
		};
		place.region = startRegion({
			region: name,
			installation: "default",
			namespace: "twin-operator-system",
			api: this.#watched(name, name, place.plane.connect().api),
			clock: this.clock,
			random: () => random.next(),
			log,
			...(this.#grants
				? {
						grant: {
							authority: () => place.authority,
							peer: this.#watched(
								name,
								other(name),
								twin.connect("twin-operator", place.toTwin).api,
							),
							profile: PROFILE,
						},
					}
				: {}),
		});
	}

	#watched(by: Name, to: Name, api: Api): Api {
		return {
			request: <T>(call: Call): Promise<Answer<T>> => {
				this.at[by].calls.push({ ...call, to });
				return api.request<T>(call);
			},
			watch: (call) => api.watch(call),
			close: () => api.close(),
		};
	}

	region(name: Name): Region {
		const { region } = this.at[name];
		if (!region) throw new Error(`no agent in ${name}`);
		return region;
	}

	/** As after a round of renewals. */
	allow(name: Name, authority: Partial<Authority>): void {
		const place = this.at[name];
		place.authority = { ...place.authority, ...authority };
		place.region?.reconsider();
	}

	/** What `from` offers now is read by its twin, in whichever place. */
	pass(from: Name, offers = this.region(from).offered()): void {
		this.allow(other(from), { offers });
	}

	async restart(name: Name): Promise<void> {
		await this.#stopAgent(name);
		this.agent(name);
	}

	async #stopAgent(name: Name): Promise<void> {
		const stopped = this.at[name].region?.stop();
		await this.clock.advance(6_000);
		await stopped;
	}

	async stop(): Promise<void> {
		await this.#stopAgent("east");
		await this.#stopAgent("west");
	}

	/** In both regions, or in one. */
	async createSides(
		spec: Record<string, unknown> = {},
		regions: readonly Name[] = ["east", "west"],
		name = "shop",
	): Promise<void> {
		for (const region of regions) {
			const {
				status: _,
				metadata,
				...side
			} = sideObject({
				objects: [configMap(name), gated(deployment(name, 2))],
				spec: { policy: "Exclusive", region, twin: other(region), ...spec },
			});
			const { labels } = metadata;
			await this.#ok(region, {
				verb: "create",
				resource: TWIN_SIDE,
				namespace: "apps",
				body: {
					...side,
					metadata: { name, namespace: "apps", ...(labels ? { labels } : {}) },
				},
			});
		}
	}

	async patchSide(region: Name, spec: object, name = "shop"): Promise<void> {
		const body = { spec };
		await this.#ok(region, { verb: "merge", ...where(TWIN_SIDE, name), body });
	}

	async deleteSide(region: Name, name = "shop"): Promise<void> {
		const body = { propagationPolicy: "Background" };
		await this.#ok(region, { verb: "delete", ...where(TWIN_SIDE, name), body });
		await this.until(
			"the side to go",
			async () =>
				(await this.side(region, name).catch(() => undefined)) === undefined,
		);
	}

	async wish(region: Name, to: Name, name = "shop"): Promise<void> {
		const { epoch } = await this.status(region, name);
		await this.patchSide(region, { wish: { to, ifEpoch: epoch } }, name);
	}

	async side(region: Name, name = "shop"): Promise<KubeObject> {
		return this.#ok(region, { verb: "get", ...where(TWIN_SIDE, name) });
	}

	async status(region: Name, name = "shop"): Promise<SideStatus> {
		return (await this.side(region, name)).status as unknown as SideStatus;
	}

	async condition(region: Name, type: string): Promise<string> {
		const { conditions = [] } = await this.status(region);
		const found = conditions.find((it) => it.type === type);
		return found ? `${found.status} ${found.reason}` : "none";
	}

	/** `Active/1 Standby/0`: east, then west. */
	async roles(name = "shop"): Promise<string> {
		const sides = [
			await this.status("east", name),
			await this.status("west", name),
		];
		return sides.map((it) => `${it.role}/${it.epoch}`).join(" ");
	}

	async pods(region: Name): Promise<number> {
		const { items } = (await this.#ok(region, {
			verb: "list",
			resource: POD,
			namespace: "apps",
		})) as unknown as ListBody;
		return items.length;
	}

	async deleteWorkload(region: Name, name = "shop"): Promise<void> {
		const body = { propagationPolicy: "Background" };
		await this.#ok(region, {
			verb: "delete",
			...where(DEPLOYMENT, name),
			body,
		});
	}

	async until(what: string, check: () => Promise<boolean>): Promise<void> {
		for (let i = 0; i < 900; i++) {
			if (await check()) return;
			await this.clock.advance(100);
		}
		const tell = async (it: Name) =>
			JSON.stringify(await this.status(it).catch(() => "?"));
		throw new Error(
			`never came: ${what}; east ${await tell("east")}; west ${await tell("west")}; log: ${JSON.stringify(this.lines.slice(-8))}`,
		);
	}

	untilRoles(roles: string, name?: string): Promise<void> {
		return this.until(roles, async () => (await this.roles(name)) === roles);
	}

	/** Created, and active in the east. */
	async serving(spec: Record<string, unknown> = {}): Promise<void> {
		await this.createSides(spec);
		await this.untilRoles("Active/1 Standby/0");
		await this.until("pods", async () => (await this.pods("east")) === 2);
		await this.clock.advance(10_000);
	}

	async #ok(region: Name, call: Omit<Call, "timeoutMs">): Promise<KubeObject> {
		const { admin } = this.at[region];
		const answer = await admin.request({ ...call, timeoutMs: 1_000 });
		if (answer.kind !== "ok") throw new Error(answer.message);
		return answer.body;
	}
}

const where = (resource: typeof TWIN_SIDE, name: string) => ({
	resource,
	namespace: "apps",
	name,
});
