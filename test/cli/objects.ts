/** TwinServices and TwinClusters as a hub would show them. */
import type { Condition } from "../../src/api/condition.ts";
import type { TwinCluster, TwinService } from "../../src/api/types.ts";

export const NOW = new Date("2026-03-01T12:00:00Z");

export const condition = (
	type: string,
	status: Condition["status"],
	reason: string,
	message = `${reason} it is.`,
): Condition => ({
	type,
	status,
	reason,
	message,
	lastTransitionTime: "2026-03-01T11:00:00Z",
});

export const WELL: readonly Condition[] = [
	condition("Ready", "True", "Serving"),
	condition("Available", "True", "Serving"),
	condition("Redundant", "True", "StandingBy"),
	condition("Stalled", "False", "NotStalled"),
];

interface Shape {
	readonly name?: string;
	readonly policy?: "Exclusive" | "Available" | "Manual";
	readonly conditions?: readonly Condition[];
	readonly status?: object | null;
	readonly suspend?: boolean;
}

/** Active in north; `status: null` for one that nobody has looked at. */
export function service({
	name = "web",
	policy = "Exclusive",
	conditions = WELL,
	status = {},
	suspend = false,
}: Shape = {}): TwinService {
	const seen = {
		activeCluster: "north",
		standbyCluster: "south",
		epoch: 3,
		clusters: [
			{ name: "north", role: "Active", epoch: 3, ready: 2, desired: 2 },
			{ name: "south", role: "Standby", epoch: 2, ready: 0, desired: 0 },
		],
		lastTransition: {
			kind: "Failback",
			from: "south",
			to: "north",
			epoch: 3,
			reason: "Requested",
			operation: "web-abc",
			requestedAt: "2026-03-01T11:30:00Z",
			fencedAt: "2026-03-01T11:30:01Z",
			activatedAt: "2026-03-01T11:30:01.5Z",
			readyAt: "2026-03-01T11:30:03Z",
			recoverySeconds: 3,
		},
		conditions,
		...status,
	};
	return {
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinService",
		metadata: { name, namespace: "shop" },
		spec: {
			clusters: [{ name: "north" }, { name: "south" }],
			promotion: { policy },
			standby: { mode: "Cold" },
			suspend,
			manifests: [],
		},
		...(status === null ? {} : { status: seen }),
	} as unknown as TwinService;
}

export const cluster = (
	name: string,
	conditions: readonly Condition[],
): TwinCluster =>
	({
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinCluster",
		metadata: { name },
		spec: { agent: "External", credentials: { secretRef: { name } } },
		status: { conditions },
	}) as unknown as TwinCluster;
