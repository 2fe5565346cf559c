/**
 * A grant as it is stored: a Lease at the hub and at the API server of the
 * region's twin. What is read comes from outside: a value that makes no sense
 * gets a default that allows nothing.
 */
import type { KubeObject } from "../../../api/object.ts";

/** Id of the process that renewed last (rule 20). */
export const PROCESS = "twin-operator.dev/process";
/** What the region offers its twin (rule 14). */
export const HANDOVER = "twin-operator.dev/handover";
/** The taken region may have its grant back (rule 11). */
export const READY = "twin-operator.dev/ready";
/** uid of the hub's grant that was confirmed last (rule 3). */
export const TRUSTED_HUB = "twin-operator.dev/trusted-hub";

/** Rule 19: a person declares the twin lost, by its name. */
export const FORCE = "twin-operator.dev/force";
/** What has become of that, for the person. */
export const FORCE_ANSWER = "twin-operator.dev/force-answer";

export interface Lease {
	readonly uid: string;
	readonly resourceVersion: string;
	/** Region that has the grant; empty when it makes no sense. */
	readonly holder: string;
	/** Grows with every change of the holder. */
	readonly transitions: number;
	readonly process: string;
	readonly ready: boolean;
	/** As it stands there; handover.ts reads it. */
	readonly handover: string;
	/** Differs with every renewal; never read as a time: no two clocks are compared. */
	readonly renewTime: string;
	/** The region that a person declares lost. */
	readonly force: string;
	readonly trustedHub: string;
}

/** A region's grant; the pair is in the name, so that a hub may have several pairs. */
export const grantName = (region: string, peer: string): string =>
	`grant-${region}.${peer}`;

/** Where a region keeps `trustedHub`: a Lease, so that the agent needs rights to no further kind. */
export const trustName = (region: string, peer: string): string =>
	`trust-${region}.${peer}`;

/** Undefined: no object that a compare-and-swap could start from. */
export function parseLease(object: KubeObject): Lease | undefined {
	const { uid, resourceVersion, annotations } = object.metadata ?? {};
	if (!text(uid) || !text(resourceVersion)) return undefined;
	const spec = (object.spec ?? {}) as Record<string, unknown>;
	const note = (key: string): string => text(annotations?.[key]);
	return {
		uid: text(uid),
		resourceVersion: text(resourceVersion),
		holder: text(spec.holderIdentity),
		transitions: count(spec.leaseTransitions),
		process: note(PROCESS),
		ready: note(READY) === "true",
		handover: note(HANDOVER),
		renewTime: text(spec.renewTime),
		force: note(FORCE),
		trustedHub: note(TRUSTED_HUB),
	};
}

/** "Version" of the protocol: a write from it fails when anything was written since. */
export const sameVersion = (a: Lease, b: Lease): boolean =>
	a.uid === b.uid && a.resourceVersion === b.resourceVersion;

/** Names one taking of a grant: it differs for every later one, also of a Lease made anew. */
export const takingOf = ({ uid, transitions }: Lease): string =>
	`${uid}/${transitions}`;

/** Rule 5: as it is created, by whomever: it belongs to the region it is named after, and confirms nothing. */
export const neutral = (
	name: string,
	namespace: string,
	region: string,
): KubeObject => ({
	apiVersion: "coordination.k8s.io/v1",
	kind: "Lease",
	metadata: { name, namespace },
	spec: { holderIdentity: region, leaseTransitions: 0 },
});

/** What one write changes; what is absent stays. */
export interface Change {
	readonly holder?: string;
	readonly process?: string;
	/** Empty removes it. */
	readonly handover?: string;
	readonly ready?: boolean;
	readonly trustedHub?: string;
	/** Ends what a person has asked for by FORCE, in these words. */
	readonly forceAnswer?: string;
}

const LAST_TRANSITION = 2 ** 31;

/**
 * A merge patch with uid and resourceVersion: a true compare-and-swap (409
 * when anything was written since, or the object was made anew). A JSON patch
 * with tests is one too, but answers 422, like a body that is not valid.
 *
 * `renewTime` must differ from the last one: a patch that changes nothing
 * writes nothing, and the twin would see no renewal.
 */
export function swapOf(from: Lease, change: Change, renewTime: string): object {
	const { holder, process, handover, ready, trustedHub, forceAnswer } = change;
	const moves = holder !== undefined && holder !== from.holder;
	// The field has 32 bits: a hostile count must not make every takeover fail.
	const transitions = (from.transitions + 1) % LAST_TRANSITION;
	return {
		metadata: {
			uid: from.uid,
			resourceVersion: from.resourceVersion,
			annotations: {
				...(process === undefined ? {} : { [PROCESS]: process }),
				...(handover === undefined ? {} : { [HANDOVER]: handover || null }),
				...(ready === undefined ? {} : { [READY]: ready ? "true" : null }),
				...(trustedHub === undefined ? {} : { [TRUSTED_HUB]: trustedHub }),
				...(forceAnswer === undefined
					? {}
					: { [FORCE]: null, [FORCE_ANSWER]: forceAnswer }),
			},
		},
		spec: {
			renewTime,
			...(holder === undefined ? {} : { holderIdentity: holder }),
			...(moves ? { leaseTransitions: transitions } : {}),
		},
	};
}

const text = (value: unknown): string =>
	typeof value === "string" ? value : "";

const count = (value: unknown): number =>
	typeof value === "number" && Number.isInteger(value) && value >= 0
		? value
		: 0;
