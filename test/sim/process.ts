import type {
	Answer,
	Api,
	Call,
	Clock,
	Connector,
	Log,
	WatchCall,
	WatchEnd,
} from "../../src/shell/port.ts";

/** Who looks over the shoulder of a process: the invariants. */
export interface Witness {
	/** Before the request leaves the process. */
	onSend(by: Process, cluster: string, call: Call): void;
	/** When the answer has come into the process. */
	onAnswer(
		by: Process,
		cluster: string,
		call: Call,
		answer: Answer<unknown>,
	): void;
	onLog(by: Process, line: string): void;
}

const WRITES = new Set<Call["verb"]>([
	"create",
	"apply",
	"merge",
	"json",
	"delete",
]);

export const isWrite = (call: Call): boolean =>
	WRITES.has(call.verb) && call.query?.dryRun === undefined;

/**
 * One operating-system process of the operator. It can be killed at any moment:
 * nothing that it waits for ever comes back to it, while requests that it has
 * sent go on to their server. Paused, it hears everything late, at once.
 */
export class Process {
	readonly name: string;
	readonly startedMs: number;
	/** When it began to run without a pause. */
	sinceMs: number;
	writes = 0;
	/** Dies while its n-th write is on its way. */
	killAtWrite = Number.POSITIVE_INFINITY;
	onDeath: (() => void) | undefined;
	#state: "running" | "paused" | "dead" = "running";
	readonly #clock: Clock;
	readonly #witness: Witness;
	readonly #apis: Api[] = [];
	#held: (() => void)[] = [];

	constructor(name: string, clock: Clock, witness: Witness) {
		this.name = name;
		this.#clock = clock;
		this.#witness = witness;
		this.startedMs = clock.now();
		this.sinceMs = this.startedMs;
	}

	get state(): "running" | "paused" | "dead" {
		return this.#state;
	}

	kill(): void {
		if (this.#state === "dead") return;
		this.#state = "dead";
		this.#held = [];
		for (const api of this.#apis) api.close();
		this.onDeath?.();
	}

	pause(): void {
		if (this.#state === "running") this.#state = "paused";
	}

	resume(): void {
		if (this.#state !== "paused") return;
		this.#state = "running";
		this.sinceMs = this.#clock.now();
		for (const act of this.#held.splice(0)) act();
	}

	readonly clock: Clock = {
		now: () => this.#clock.now(),
		wall: () => this.#clock.wall(),
		sleep: (ms, signal) => this.#come(this.#clock.sleep(ms, signal)),
	};

	readonly log: Log = {
		info: (fields, message) => this.#say("info", fields, message),
		warn: (fields, message) => this.#say("warn", fields, message),
	};

	api(cluster: string, api: Api): Api {
		this.#apis.push(api);
		return {
			request: <T>(call: Call) => this.#request<T>(cluster, api, call),
			watch: (call) => this.#watch(api, call),
			close: () => api.close(),
		};
	}

	connector(open: (region: string, kubeconfig: string) => Api | undefined) {
		const connector: Connector = {
			connect: (region, kubeconfig) => {
				const api = open(region, kubeconfig);
				return api
					? { api: this.api(region, api) }
					: { fault: "it is no kubeconfig" };
			},
		};
		return connector;
	}

	async #request<T>(cluster: string, api: Api, call: Call): Promise<Answer<T>> {
		if (this.#state === "dead") return new Promise<never>(() => {});
		this.#witness.onSend(this, cluster, call);
		const coming = api.request<T>(call);
		if (isWrite(call) && ++this.writes >= this.killAtWrite) this.kill();
		const answer = await this.#come(coming);
		this.#witness.onAnswer(this, cluster, call, answer);
		return answer;
	}

	#watch(api: Api, call: WatchCall): Promise<WatchEnd> {
		const { onOpen, onEvent } = call;
		const ending = api.watch({
			...call,
			...(onOpen ? { onOpen: () => this.#act(onOpen) } : {}),
			onEvent: (event) => this.#act(() => onEvent(event)),
		});
		return this.#come(ending);
	}

	#come<T>(coming: Promise<T>): Promise<T> {
		return new Promise((resolve) => {
			void coming.then((it) => this.#act(() => resolve(it)));
		});
	}

	#act(act: () => void): void {
		if (this.#state === "running") act();
		else if (this.#state === "paused") this.#held.push(act);
	}

	#say(level: string, fields: object, message: string): void {
		if (this.#state === "dead") return;
		this.#witness.onLog(this, `${level}: ${message} ${JSON.stringify(fields)}`);
	}
}
