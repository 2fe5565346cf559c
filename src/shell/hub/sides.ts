/**
 * The TwinSides of one region as the hub sees them: those of the agent where it
 * runs in this process, or a watch of its own without their objects.
 */
import { TWIN_SIDE } from "../../api/kind.ts";
import { INSTALLATION } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import type { AgentMode } from "../../api/types.ts";
import type { Seen, SeenSide } from "../../core/hub/observation.ts";
import { parseSide } from "../../core/region/side.ts";
import type { Api, Clock, Log, Metrics } from "../port.ts";
import { Reflector } from "../reflector.ts";
import { startRegion } from "../region.ts";

export interface SidesOptions {
	readonly region: string;
	readonly agent: AgentMode;
	readonly installation: string;
	/** The operator's own, in the region. */
	readonly namespace: string;
	readonly api: Api;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	readonly metrics?: Metrics;
	/** `moved`: its role has changed, or it came or went. */
	readonly onSide: (key: string, moved: boolean) => void;
	/** Listed, or the watch was lost or found again. */
	readonly onConnected: () => void;
}

type Watched = Pick<
	Reflector<SeenSide>,
	| "get"
	| "entries"
	| "synced"
	| "stale"
	| "connected"
	| "note"
	| "nudge"
	| "fault"
	| "unreadable"
	| "whenSynced"
>;

export class Sides {
	readonly #options: SidesOptions;
	readonly #own: Watched;
	readonly #stopOwn: () => Promise<void>;
	readonly #foreign: Reflector<string>;

	constructor(options: SidesOptions) {
		this.#options = options;
		const { region, agent, installation, onSide, onConnected } = options;
		const { api, clock, random, log, metrics, namespace } = options;
		const shared = {
			...{ api, clock, random, log, onConnected },
			...(metrics ? { metrics } : {}),
		};
		const onChange = (
			key: string,
			now: SeenSide | undefined,
			before: SeenSide | undefined,
		): void => onSide(key, now?.status.epoch !== before?.status.epoch);
		const watching = { ...shared, cluster: region, resource: TWIN_SIDE };
		if (agent === "None") {
			const started = startRegion({
				...shared,
				...{ region, installation, namespace },
				onSide: onChange,
			});
			this.#own = started.sides;
			this.#stopOwn = () => started.stop();
		} else {
			const reflector = new Reflector<SeenSide>({
				...watching,
				labelSelector: `${INSTALLATION}=${installation}`,
				project: seenSide,
				onChange,
			}).start();
			this.#own = reflector;
			this.#stopOwn = () => reflector.stop();
		}
		this.#foreign = new Reflector<string>({
			...watching,
			labelSelector: `${INSTALLATION}!=${installation}`,
			project: ({ metadata }) => metadata.labels?.[INSTALLATION] ?? "(none)",
			onChange: onConnected,
		}).start();
		void Promise.all([this.#own.whenSynced, this.#foreign.whenSynced]).then(
			onConnected,
		);
	}

	get synced(): boolean {
		return this.#own.synced && this.#foreign.synced;
	}

	/** Read since the region came back. */
	get isCurrent(): boolean {
		return this.#own.synced && !this.#own.stale;
	}

	/** The server does not know TwinSides: the definition is gone, or was never there. */
	get isUndefined(): boolean {
		const { fault } = this.#own;
		return fault?.kind === "refused" && fault.status === 404;
	}

	/** Installations other than ours. */
	get foreign(): readonly string[] {
		return [...new Set(this.#foreign.values())];
	}

	entries(): Iterable<[string, SeenSide]> {
		return this.#own.entries();
	}

	/** As seen last, however long ago. */
	last(key: string): SeenSide | undefined {
		return this.#own.get(key);
	}

	seen(key: string): Seen {
		const side = this.#own.get(key);
		const { synced, stale, unreadable } = this.#own;
		if (!synced || stale || unreadable.has(key))
			return { kind: "unknown", ...(side ? { last: side } : {}) };
		if (side) return { kind: "present", side };
		return { kind: this.#own.connected ? "absent" : "unknown" };
	}

	/** Takes a side read or written just now. */
	note(object: KubeObject): void {
		if (object.metadata.labels?.[INSTALLATION] === this.#options.installation)
			this.#own.note(object);
	}

	nudge(): void {
		this.#own.nudge();
		this.#foreign.nudge();
	}

	async stop(): Promise<void> {
		await Promise.all([this.#stopOwn(), this.#foreign.stop()]);
	}
}

/** Without its objects: where an agent of its own carries them out, the hub does not look at them. */
export function seenSide(object: KubeObject): SeenSide {
	const { objects: _, ...spec } = (object.spec ?? {}) as Record<
		string,
		unknown
	>;
	const { parts: __, ...side } = parseSide({ ...object, spec });
	return side;
}
