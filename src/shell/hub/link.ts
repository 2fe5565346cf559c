/**
 * The hub's connection to one region: credentials, probes, the sides there, and
 * the lane for what the hub does there.
 */
import type { KubeObject } from "../../api/object.ts";
import type { AgentMode } from "../../api/types.ts";
import {
	type Health,
	isSilent,
	observe,
	type Probe,
	type Timing,
	UNOBSERVED,
} from "../../core/hub/loss.ts";
import type { FencingForm, Seen, Verdict } from "../../core/hub/observation.ts";
import type { Problem } from "../../core/hub/problem.ts";
import type { Address } from "../port.ts";
import { AgentWatch } from "./agent.ts";
import { prepareRegion } from "./bootstrap.ts";
import type { HubDeps } from "./context.ts";
import { Lane } from "./lane.ts";
import { probing } from "./probe.ts";
import { wallOf } from "./request.ts";
import { Sides } from "./sides.ts";
import { SwitchApi } from "./switch-api.ts";

export interface LinkOptions extends HubDeps {
	readonly name: string;
	readonly agent: AgentMode;
	readonly timing: Timing;
	/** Something that decisions hang on has changed for every service. */
	readonly onChange: (link: RegionLink, before: Health) => void;
	readonly onSide: (key: string, moved: boolean) => void;
}

/** Requests of the hub that one region bears at the same time. */
const LANE = 24;
/** Old credentials may still carry what was begun with them. */
const OLD_API_MS = 30_000;
/** Of a region that is back: within that its sides have been listed, or the list fails. */
const READING_MS = 3_000;

export class RegionLink {
	readonly name: string;
	readonly agentMode: AgentMode;
	readonly api = new SwitchApi();
	readonly lane = new Lane(LANE);
	/** By service: what the dry run of a hash said. */
	readonly verdicts = new Map<string, { hash: string; verdict: Verdict }>();
	health: Health = UNOBSERVED;
	credentialsFault: string | undefined;
	/** At which the hub reaches it, and so do agents that the hub installs. */
	address: Address | undefined;
	/** Undefined: the credentials in use do not say. */
	credentialsEnd: Date | undefined;
	clusterUID: string | undefined;
	lastAliveAt: string | undefined;
	/** From when it can be watched. */
	sides: Sides | undefined;
	/** By the monotonic clock: since when it has answered without a break. */
	aliveSinceMs: number | undefined;
	/** Undefined: the agent is at work. */
	agent: Problem | undefined;
	readonly #options: LinkOptions;
	readonly #stop = new AbortController();
	readonly #agentWatch: AgentWatch | undefined;
	#kubeconfig: string | undefined;
	#prepared: "no" | "under way" | "yes" = "no";
	#prepareFault: string | undefined;
	#saidFencing: FencingForm | undefined;
	#saidVersion: string | undefined;
	/** Kept apart from its health, which isolation makes forget. */
	#wasSilent = false;

	constructor(options: LinkOptions) {
		this.#options = options;
		this.name = options.name;
		this.agentMode = options.agent;
		if (options.agent !== "None") {
			const { api, name: region } = this;
			const { signal } = this.#stop;
			this.#agentWatch = new AgentWatch({ ...options, api, region, signal });
		}
		this.agent = this.#agentProblem();
	}

	/** Connects, or exchanges what the connection stands on; old credentials that still work go on until then. */
	useCredentials(found: { kubeconfig: string } | { fault: string }): void {
		if ("fault" in found) {
			this.#fail(found.fault);
			return;
		}
		const same = found.kubeconfig === this.#kubeconfig;
		if (same && this.credentialsFault === undefined) return;
		this.#kubeconfig = found.kubeconfig;
		const made = this.#options.connector.connect(this.name, found.kubeconfig);
		if ("fault" in made) {
			this.#fail(`What spec.credentials names cannot be used: ${made.fault}`);
			return;
		}
		const first = !this.api.connected;
		const old = this.api.exchange(made.api);
		this.address = made.address;
		this.credentialsEnd = made.expiresAt;
		if (old) this.#closeLater(old);
		this.credentialsFault = undefined;
		if (first) this.#begin();
		else this.#options.onChange(this, this.health);
	}

	/** The side of a service; unknown unless the region answers and its sides have been listed. */
	sideOf(key: string): Seen {
		const last = this.sides?.last(key);
		const unknown: Seen = { kind: "unknown", ...(last ? { last } : {}) };
		const { health } = this;
		const answers = health.kind === "Alive" || health.kind === "Silent";
		if (!answers || isSilent(health)) return unknown;
		return this.sides?.seen(key) ?? unknown;
	}

	/** Enough is known of the region to say something of it. */
	get isSettled(): boolean {
		const { health } = this;
		if (health.kind === "Unobserved") return false;
		if (health.kind === "Silent") return isSilent(health);
		if (health.kind !== "Alive") return true;
		return (
			this.agent?.reason !== "Preparing" || this.#prepareFault !== undefined
		);
	}

	/**
	 * It has come back, and its sides are being read: what is to be said of them is
	 * known in a moment. Not for long: a list that fails is to be told.
	 */
	get isBeingRead(): boolean {
		if (this.aliveSinceMs === undefined) return false;
		const lasted = this.#options.clock.now() - this.aliveSinceMs;
		return lasted < READING_MS && this.sides?.isCurrent === false;
	}

	/** How strong the fencing of the region is, as its agent says. */
	get fencing(): FencingForm | undefined {
		return this.#agentWatch?.fencing;
	}

	/** Of the agent there, as it says. */
	get agentVersion(): string | undefined {
		return this.#agentWatch?.version;
	}

	/** Takes a side read or written just now. */
	note(object: KubeObject): void {
		this.sides?.note(object);
	}

	async stop(): Promise<void> {
		this.#stop.abort();
		this.#agentWatch?.forget();
		this.lane.stop();
		await this.sides?.stop();
		this.api.close();
	}

	#fail(fault: string): void {
		const before = this.health;
		if (this.credentialsFault === fault) return;
		this.credentialsFault = fault;
		if (!this.api.connected)
			this.health = { kind: "CredentialsInvalid", message: fault };
		this.#options.onChange(this, before);
	}

	#closeLater(old: { close(): void }): void {
		void this.#options.clock
			.sleep(OLD_API_MS, this.#stop.signal)
			.then(() => old.close());
	}

	#begin(): void {
		const { clock, timing } = this.#options;
		const before = this.health;
		this.health = UNOBSERVED;
		this.#options.onChange(this, before);
		void probing({
			api: this.api,
			clock,
			timing,
			signal: this.#stop.signal,
			onProbe: (probe, uid) => this.#onProbe(probe, uid),
		});
	}

	#onProbe(probe: Probe, uid: string | undefined): void {
		const before = this.health;
		const uidBefore = this.clusterUID;
		const agentBefore = this.agent;
		this.health = observe(before, probe, this.#options.timing);
		if (uid !== undefined) this.clusterUID = uid;
		if (this.health.kind === "Alive") {
			this.lastAliveAt = wallOf(this.#options.clock);
			this.aliveSinceMs ??= this.#options.clock.now();
			if (this.#wasSilent) this.#comeBack();
			this.#wasSilent = false;
			void this.#prepare();
			void this.#agentWatch?.read();
		}
		if (isSilent(this.health)) this.#wasSilent = true;
		// A single missed probe is weather, as elsewhere.
		if (isSilent(this.health) || this.health.kind === "CredentialsInvalid")
			this.aliveSinceMs = undefined;
		this.agent = this.#agentProblem();
		const changed =
			wordsOf(before) !== wordsOf(this.health) ||
			isSilent(before) !== isSilent(this.health) ||
			uidBefore !== this.clusterUID ||
			agentBefore?.message !== this.agent?.message ||
			this.#saidVersion !== this.agentVersion ||
			this.#saidFencing !== this.fencing;
		this.#saidFencing = this.fencing;
		this.#saidVersion = this.agentVersion;
		if (changed) this.#options.onChange(this, before);
	}

	/** Connections from before may be dead without knowing it: everything is read again on new ones. */
	#comeBack(): void {
		if (this.#prepared === "yes") this.#prepared = "no";
		const made = this.#options.connector.connect(
			this.name,
			this.#kubeconfig ?? "",
		);
		if ("api" in made) this.api.exchange(made.api)?.close();
		this.sides?.nudge();
	}

	async #prepare(): Promise<void> {
		const lost = this.sides?.isUndefined ?? false;
		if (this.#prepared === "under way") return;
		if (this.#prepared === "yes" && !lost) return;
		this.#prepared = "under way";
		const { agent, namespace, sideCrd } = this.#options;
		const fault =
			agent === "External"
				? undefined
				: await prepareRegion(this.api, namespace, sideCrd);
		if (this.#stop.signal.aborted) return;
		this.#prepareFault = fault;
		this.#prepared = fault === undefined ? "yes" : "no";
		if (fault === undefined && !this.sides) this.#watchSides();
		else if (lost) this.sides?.nudge();
		this.#reviewAgent();
	}

	#watchSides(): void {
		const { name: region, agentMode: agent, api } = this;
		this.sides = new Sides({
			...this.#options,
			...{ region, agent, api },
			onSide: (key, moved) => this.#options.onSide(key, moved),
			onConnected: () => {
				this.#reviewAgent();
				this.#options.onChange(this, this.health);
			},
		});
	}

	#reviewAgent(): void {
		const before = this.agent?.message;
		this.agent = this.#agentProblem();
		if (before !== this.agent?.message)
			this.#options.onChange(this, this.health);
	}

	#agentProblem(): Problem | undefined {
		const reason = "Preparing";
		if (this.#prepareFault !== undefined) {
			const message = `${this.name} is not ready for sides: ${this.#prepareFault}`;
			return { reason, message };
		}
		if (!this.sides?.synced)
			return {
				reason,
				message: `The TwinSides of ${this.name} are being listed.`,
			};
		return this.#agentWatch?.problem();
	}
}

/** A refusal's own words tell what to do; those of a silence change with each request. */
const wordsOf = (health: Health): string =>
	health.kind === "CredentialsInvalid" ? health.message : health.kind;
