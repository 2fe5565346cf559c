/**
 * The twin region's TwinSides: read one by one when something is decided on
 * them, and watched for when such a read is worth its while. A watch instead of
 * asking again and again: hundreds of standby sides would ask at rest.
 */
import { TWIN_SIDE } from "../../api/kind.ts";
import { INSTALLATION } from "../../api/label.ts";
import type { PeerSide } from "../../core/region/authority.ts";
import { isOther, parsePeer } from "../../core/region/exclusive/peer.ts";
import type { SideView } from "../../core/region/side.ts";
import type { Api, Clock, Log, Metrics } from "../port.ts";
import { Reflector } from "../reflector.ts";

export interface PeerOptions {
	/** The own region. */
	readonly region: string;
	readonly installation: string;
	/** The twin's API server. */
	readonly api: Api;
	readonly clock: Clock;
	readonly random: () => number;
	readonly log: Log;
	readonly metrics?: Metrics;
	/** t_req. */
	readonly requestMs: number;
	/** R. */
	readonly periodMs: number;
	/** Its side has changed in a way that rules look at. */
	readonly onChange: (key: string) => void;
	/** Its API server answers again. */
	readonly onConnected: () => void;
}

const UNKNOWN: PeerSide = { kind: "unknown" };

export class Peer {
	readonly #options: PeerOptions;
	readonly #watch: Reflector<PeerSide>;
	#quietUntilMs = Number.NEGATIVE_INFINITY;

	constructor(options: PeerOptions) {
		this.#options = options;
		const { region, installation, api, clock, random, log, metrics } = options;
		this.#watch = new Reflector<PeerSide>({
			...{ api, clock, random, log },
			...(metrics ? { metrics } : {}),
			cluster: `${region}'s twin`,
			resource: TWIN_SIDE,
			labelSelector: `${INSTALLATION}=${installation}`,
			project: (object) => {
				const { region: of } = (object.spec ?? {}) as { region?: string };
				// Credentials that lead home: it would be taken for its own twin.
				return of === region ? UNKNOWN : parsePeer(object);
			},
			onChange: (key, now, before) => {
				if (told(now) !== told(before)) options.onChange(key);
			},
			onConnected: (connected) => {
				if (!connected) return;
				this.#quietUntilMs = Number.NEGATIVE_INFINITY;
				options.onConnected();
			},
		});
	}

	start(): void {
		this.#watch.start();
	}

	stop(): Promise<void> {
		return this.#watch.stop();
	}

	nudge(): void {
		this.#watch.nudge();
	}

	/** As watched. Nothing may be decided on it. */
	hint(key: string): PeerSide {
		const seen = this.#watch.get(key);
		if (seen) return seen;
		return this.#watch.synced && this.#watch.connected
			? { kind: "absent" }
			: UNKNOWN;
	}

	/**
	 * A consistent read within t_req. Whatever is not a clear answer is unknown.
	 * After a silence nothing is asked for R: the turns of hundreds of sides would
	 * wait for a region that burns, while this one is to take over.
	 */
	async read(
		side: Pick<
			SideView,
			"namespace" | "name" | "uid" | "installation" | "twin"
		>,
		signal: AbortSignal,
	): Promise<PeerSide> {
		const { api, clock, requestMs, periodMs } = this.#options;
		if (clock.now() < this.#quietUntilMs) return UNKNOWN;
		const answer = await api.request({
			verb: "get",
			resource: TWIN_SIDE,
			namespace: side.namespace,
			name: side.name,
			timeoutMs: requestMs,
			signal,
		});
		if (answer.kind === "silent" && !signal.aborted) {
			this.#quietUntilMs = clock.now() + periodMs;
		}
		if (answer.kind === "refused" && answer.status === 404) {
			return { kind: "absent" };
		}
		if (answer.kind !== "ok" || isOther(answer.body, side)) return UNKNOWN;
		const read = parsePeer(answer.body);
		return read.kind === "present" && read.uid === side.uid ? UNKNOWN : read;
	}
}

/** What the rules look at: its counts and conditions change without end. */
const told = (side: PeerSide | undefined): string =>
	side?.kind === "present"
		? [side.uid, side.role, side.epoch, side.podsGoneEpoch, side.peer].join()
		: "";
