/**
 * The agent as it runs inside its region: the sides' turns (region.ts), the
 * region's grant, where it has access to its twin and to the hub, and the
 * answers to gates.
 */
import type { Profile } from "../core/profile.ts";
import { answerGate, type GateAnswer } from "../core/region/answer.ts";
import type { Authority } from "../core/region/authority.ts";
import type { Fencing } from "../core/region/fencing.ts";
import type { Entry } from "../core/region/grant/handover.ts";
import type { Instant } from "../core/region/grant/instant.ts";
import type { Api } from "./port.ts";
import { watchFencing } from "./region/fencing.ts";
import { startGrant } from "./region/grant.ts";
import { type Renewal, renewing } from "./region/renewal.ts";
import { type Region, type RegionDeps, startRegion } from "./region.ts";
import { sayingRights } from "./rights.ts";

/** Where the region's grant is kept, beside its own API server. */
export interface Pair {
	/** Name of the twin region. */
	readonly peer: string;
	/** The twin's API server. */
	readonly peerApi: Api;
	/** The hub's, or that of a witness in its place. */
	readonly witnessApi: Api;
	/** Checked by `timingFault` before. */
	readonly profile: Profile;
	/** All clocks of the machine at one moment. */
	readonly instant: () => Instant;
	/** Credentials that are renewed here. */
	readonly renewals?: readonly Renewal[];
	/** For who wants to show later that two regions never ran at one time. */
	readonly onStanding?: (standing: Proven) => void;
}

/** What gates are told from now on: of `active`, yes for `lastsMs` more; of all else, no. */
export interface Proven {
	/** Of the proof, if nothing more is confirmed; milliseconds. */
	readonly lastsMs: number;
	/** `namespace/name` of the sides that are active. */
	readonly active: readonly string[];
}

export interface AgentDeps
	extends Omit<RegionDeps, "grant" | "heartbeat" | "onSide" | "onConnected"> {
	/** Of this process, another one with every start. */
	readonly identity: string;
	/** Of this program; told in the region's Lease. */
	readonly version?: string;
	/** Undefined: it holds no grant, and the hub decides. */
	readonly pair?: Pair;
}

export interface Agent {
	/** What is still missing before it does its work. */
	ready(): string | undefined;
	/** To a gate's question; the path of its request. */
	answer(path: string): GateAnswer;
	/** For diagnosis and tests; undefined without a pair. */
	authority(): Authority | undefined;
	stop(): Promise<void>;
}

/** No source yet: nothing may run. */
const NOTHING: Authority = {
	fresh: false,
	sole: false,
	peerRenews: false,
	offers: new Map(),
};

/** TwinSides say nothing of tiers yet. */
const TIER = 3;

export function startAgent(given: AgentDeps): Agent {
	const deps = withRightsSaid(given);
	const { identity, version, pair, ...shared } = deps;
	const stopping = new AbortController();
	const { signal } = stopping;
	let fencing: Fencing | undefined;
	// Each needs the other: before the grant has started nothing may run.
	let authority = (): Authority => NOTHING;
	let remaining = (): number => 0;
	const tell = (lastsMs: number): void =>
		pair?.onStanding?.({
			lastsMs,
			active: [...region.sides.entries()]
				.filter(([, it]) => it.status.role === "Active")
				.map(([key]) => key),
		});
	const region: Region = startRegion({
		...shared,
		onSide: (_key, now, before) => {
			if (now?.status.role !== before?.status.role) tell(remaining());
		},
		heartbeat: {
			identity,
			...(version === undefined ? {} : { version }),
			...(pair ? { fencing: () => strengthOf(deps, fencing) } : {}),
		},
		...(pair
			? {
					grant: {
						authority: () => authority(),
						peer: pair.peerApi,
						profile: pair.profile,
					},
				}
			: {}),
	});
	const grant =
		pair &&
		startGrant({
			...shared,
			peer: pair.peer,
			process: identity,
			profile: pair.profile,
			apis: { own: deps.api, peer: pair.peerApi, hub: pair.witnessApi },
			instant: pair.instant,
			offered: (): readonly Entry[] =>
				[...region.offered()].map(([key, offer]) => ({
					key,
					tier: TIER,
					...offer,
				})),
			readSides: () => region.readSides(),
			isReturned: (taken, side) => region.isReturned(taken, side.uid),
			onChange: () => region.reconsider(),
			onProof: tell,
		});
	if (pair && grant) {
		authority = () => grant.authority();
		remaining = () => grant.remainingMs();
		for (const it of pair.renewals ?? []) void renewing(it, deps, signal);
		void review(deps, pair.profile, () => region.reconsider(), signal);
		void watchFencing({
			...deps,
			signal,
			onFound: (found) => {
				fencing = found;
			},
		});
	}
	const standing = {
		side: (key: string) => region.sides.get(key),
		remainingMs: () => grant?.remainingMs() ?? 0,
	};
	return {
		ready: () =>
			region.sides.synced
				? undefined
				: "the TwinSides of this region have not been read yet: look at the log, and at the CRD and the rights of this account",
		answer: (path) => answerGate(path, standing),
		authority: () => grant?.authority(),
		stop: async () => {
			stopping.abort();
			grant?.stop();
			await region.stop();
		},
	};
}

function withRightsSaid(deps: AgentDeps): AgentDeps {
	const { region, api, pair } = deps;
	const saying = (of: Api, place: string) => sayingRights(of, place, deps);
	return {
		...deps,
		api: saying(api, region),
		...(pair
			? {
					pair: {
						...pair,
						peerApi: saying(pair.peerApi, pair.peer),
						witnessApi: saying(pair.witnessApi, "hub"),
					},
				}
			: {}),
	};
}

/** What hangs on time alone (rule 14's wait, a proof that stays away) is looked at once in R. */
async function review(
	{ clock }: AgentDeps,
	{ periodSeconds }: Profile,
	reconsider: () => void,
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		await clock.sleep(periodSeconds * 1_000, signal);
		if (!signal.aborted) reconsider();
	}
}

/** Without a gate before its pods nothing stops inside a node, whatever the nodes bear. */
const strengthOf = (
	{ gate }: AgentDeps,
	fencing: Fencing | undefined,
): Fencing["strength"] | undefined => (gate ? fencing?.strength : "Agent");
