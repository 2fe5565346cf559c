/** One look at a service, small enough to be changed in one place by each row of a table. */
import type { KubeObject } from "../../../src/api/object.ts";
import type { Health } from "../../../src/core/hub/loss.ts";
import type {
	Observation,
	RegionSeen,
	SeenSide,
} from "../../../src/core/hub/observation.ts";
import {
	type OperationView,
	parseOperation,
} from "../../../src/core/hub/operation-view.ts";
import { parseService } from "../../../src/core/hub/service.ts";
import type { ServiceView } from "../../../src/core/hub/service-view.ts";
import type { SideStatus } from "../../../src/core/region/side.ts";
import { serviceObject } from "./objects.ts";

export const WALL = "2030-01-01T00:00:30.000Z";
export const ALIVE: Health = { kind: "Alive" };
const FAILING = {
	sinceMs: 0,
	lastMs: 12_000,
	failures: 9,
	reason: "Unreachable",
	message: "no answer",
} as const;
export const LOST: Health = { kind: "Lost", ...FAILING };
export const SILENT: Health = { kind: "Silent", ...FAILING };

export function service(
	spec: object = {},
	over: Partial<ServiceView> = {},
): ServiceView {
	const object = serviceObject(spec);
	return {
		...parseService({
			...object,
			metadata: {
				...object.metadata,
				uid: "service-uid",
				resourceVersion: "1",
				generation: 1,
				finalizers: ["twin-operator.dev/sides"],
			},
		}),
		...over,
	};
}

const READY = {
	observedGeneration: 1,
	lastTransitionTime: WALL,
	message: "",
	status: "True",
} as const;

/** A side as its agent reports it when all is well. */
export function side(
	of: ServiceView,
	region: string,
	status: Partial<SideStatus>,
	over: Partial<SeenSide> = {},
): SeenSide {
	const placement = of.placements.get(region);
	const hash = placement && "hash" in placement ? placement.hash : "";
	const { role = "Standby", epoch = 0 } = status;
	return {
		key: of.key,
		namespace: of.namespace,
		name: of.name,
		uid: `uid-${region}`,
		resourceVersion: "5",
		generation: 1,
		createdAt: WALL,
		deleting: false,
		finalizers: [],
		installation: "default",
		region,
		twin: of.clusters.find((it) => it !== region) ?? "",
		home: "north",
		policy: of.policy,
		standby: of.standby,
		hash,
		suspend: of.suspend,
		deletionPolicy: of.deletionPolicy,
		...over,
		status: {
			hash,
			ready: role === "Active" ? 2 : 0,
			desired: role === "Active" ? 2 : 0,
			...(role === "Standby" ? { podsGoneEpoch: epoch } : {}),
			conditions: [
				{ ...READY, type: "Applied", reason: "Applied" },
				{
					...READY,
					type: "Ready",
					reason: role === "Active" ? "Serving" : "StandingBy",
				},
			],
			role,
			epoch,
			...status,
		},
	};
}

export const region = (
	of: ServiceView,
	name: string,
	over: Partial<RegionSeen> = {},
): RegionSeen => ({
	name,
	health: ALIVE,
	side: { kind: "absent" },
	placement: of.placements.get(name) ?? { hash: "", count: 0 },
	verdict: "passed",
	lastAliveAt: "2030-01-01T00:00:10.000Z",
	...over,
});

export interface Scene {
	readonly service?: ServiceView;
	/** A status, or more of the region. */
	readonly north?: Partial<SideStatus>;
	readonly south?: Partial<SideStatus>;
	readonly northSide?: Partial<SeenSide>;
	readonly southSide?: Partial<SeenSide>;
	readonly northRegion?: Partial<RegionSeen>;
	readonly southRegion?: Partial<RegionSeen>;
	readonly operation?: OperationView;
	readonly over?: Partial<Observation>;
}

/** North active at epoch 1 and south standby, where a row says nothing else. */
export function scene(row: Scene = {}): Observation {
	const of = row.service ?? service();
	const north = side(
		of,
		"north",
		{ role: "Active", epoch: 1, ...row.north },
		row.northSide,
	);
	const south = side(of, "south", row.south ?? {}, row.southSide);
	return {
		installation: "default",
		operatorNamespace: "twin-operator-system",
		service: of,
		regions: [
			region(of, "north", {
				side: { kind: "present", side: north },
				...row.northRegion,
			}),
			region(of, "south", {
				side: { kind: "present", side: south },
				...row.southRegion,
			}),
		],
		isolated: false,
		...(row.operation ? { operation: row.operation } : {}),
		operationsWaiting: false,
		wall: WALL,
		...row.over,
	};
}

/** A region that was lost, with its side as it was seen last. */
export const lostWith = (last: SeenSide): Partial<RegionSeen> => ({
	health: LOST,
	side: { kind: "unknown", last },
});

export const operation = (
	spec: object,
	status: object = {},
	name = "go",
): OperationView =>
	parseOperation({
		apiVersion: "twin-operator.dev/v1alpha1",
		kind: "TwinOperation",
		metadata: { name, namespace: "shop", uid: "op-uid", generation: 1 },
		spec: { service: "web", ...spec },
		status,
	} as KubeObject);
