/**
 * Which region's agent is installed or upgraded now: one step at a time, seen
 * and decided anew before each.
 *
 * Rejected: a plan of all steps that is kept and carried on. After a hub's death
 * or a change in the middle of it, it would tell of a state that is not there.
 */
import type { Problem } from "./problem.ts";

/** A region with spec.agent Managed. */
export interface AgentSeen {
	readonly name: string;
	/** Why nothing can be seen or written there. */
	readonly fault?: Problem;
	/** Objects that are missing or not as they are to be, Deployments apart. */
	readonly base: readonly string[];
	/** Secrets with credentials that are to be made, and why. */
	readonly credentials: readonly string[];
	readonly deployments: readonly string[];
	/** An agent has a Deployment there. */
	readonly isPresent: boolean;
	/** What keeps the Deployments from being rolled out; undefined: nothing. */
	readonly rollout?: string;
	/** Its Lease changes; undefined: not known yet. */
	readonly atWork: boolean | undefined;
	/** Its grant is renewed at the hub. */
	readonly holds: boolean;
}

export type Part = "base" | "credentials" | "deployments";

export interface Rollout {
	/** Undefined: nothing is to be written now. */
	readonly step?: { readonly region: string; readonly part: Part };
	/** What is said of each region's agent; none: it is as it is to be. */
	readonly said: ReadonlyMap<string, Problem>;
}

/**
 * `seen`: both regions, in the order in which they have their turn. `moving`: a
 * service or an operation that is under way, when there is one.
 */
export function rolloutOf(
	seen: readonly AgentSeen[],
	image: string,
	moving: string | undefined,
): Rollout {
	const said = new Map<string, Problem>();
	let step: Rollout["step"];
	for (const it of seen) {
		if (it.fault) {
			said.set(it.name, it.fault);
			continue;
		}
		const part = partOf(it, seen);
		const waits = part && part !== "credentials" && waitsFor(it, seen, moving);
		const words = waits || underWay(it, image);
		if (words) said.set(it.name, words);
		if (part && !waits) step ??= { region: it.name, part };
	}
	return { ...(step ? { step } : {}), said };
}

/** Pods that lack what they mount would only wait: Deployments come last. */
function partOf(it: AgentSeen, seen: readonly AgentSeen[]): Part | undefined {
	if (it.base.length > 0) return "base";
	// The twin's account is among the base of the twin.
	const twin = seen.find((other) => other !== it);
	if (it.credentials.length > 0)
		return twin && !twin.fault && twin.base.length === 0
			? "credentials"
			: undefined;
	return it.deployments.length > 0 ? "deployments" : undefined;
}

/**
 * An agent that works is touched only while the other region could do without
 * it. One that does not work, or is not there, can lose nothing: else two
 * regions whose agents are both broken would wait for each other for ever.
 */
function waitsFor(
	it: AgentSeen,
	seen: readonly AgentSeen[],
	moving: string | undefined,
): Problem | undefined {
	if (!it.isPresent || it.atWork === false) return undefined;
	const waits = (why: string): Problem => ({
		reason: "WaitingForTwin",
		message: `The agent of ${it.name} is to be upgraded (${someOf(outstanding(it))}), and waits: ${why}`,
	});
	if (it.atWork === undefined)
		return waits("it is not known yet whether it is at work.");
	if (moving !== undefined)
		return waits(`${moving} is being moved, and nothing is touched meanwhile.`);
	const first = firstOf(seen);
	if (first && first !== it)
		return waits(
			`${first.name} comes first, and is not done. Look at AgentReady of TwinCluster ${first.name}.`,
		);
	const twin = seen.find((other) => other !== it);
	if (!twin) return waits("there is no other region.");
	if (twin.fault)
		return waits(
			`nothing is known of the agent of ${twin.name}. Look at AgentReady of TwinCluster ${twin.name}.`,
		);
	if (twin.rollout !== undefined && it.rollout === undefined)
		return waits(`in ${twin.name}, ${twin.rollout}.`);
	if (twin.atWork !== true)
		return waits(`the agent of ${twin.name} is not at work. Look at it there.`);
	if (!twin.holds)
		return waits(
			`${twin.name} does not hold its grant. Look at GrantHeld of TwinCluster ${twin.name}.`,
		);
	return undefined;
}

/**
 * Whose turn it is. What is half way goes on before another one begins: where
 * the image was a bad one, and there is a better one now, two regions would
 * else wait for each other for ever.
 */
function firstOf(seen: readonly AgentSeen[]): AgentSeen | undefined {
	const all = seen.filter((it) => it.fault || outstanding(it).length > 0);
	return all.find((it) => it.rollout !== undefined) ?? all[0];
}

function underWay(it: AgentSeen, image: string): Problem | undefined {
	const left = outstanding(it);
	const isNew = !it.isPresent || it.atWork !== true;
	const reason = isNew ? "Installing" : "Upgrading";
	const doing = isNew ? "installed" : "upgraded";
	if (left.length > 0)
		return {
			reason,
			message: `The agent of ${it.name} is being ${doing} (${image}). Outstanding: ${someOf(left)}.`,
		};
	if (it.rollout !== undefined)
		return {
			reason,
			message: `The agent of ${it.name} is being ${doing} (${image}): ${it.rollout}. If it stays, look at its pods there.`,
		};
	return undefined;
}

const outstanding = (it: AgentSeen): readonly string[] => [
	...it.base,
	...it.credentials,
	...it.deployments,
];

function someOf(names: readonly string[]): string {
	const shown = names.slice(0, 4).join(", ");
	return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}
