/**
 * The API as TypeScript sees it: plain objects, as they come off the wire.
 * Derived from what `npm run generate` makes of crds/; import types from here,
 * never from generated/.
 */
import type { ITwinCluster } from "./generated/TwinCluster.ts";
import type { ITwinOperation } from "./generated/TwinOperation.ts";
import type { ITwinService } from "./generated/TwinService.ts";
import type { ITwinSide } from "./generated/TwinSide.ts";

/** A type literal instead of an interface: only those may be given where a KubeObject, which has an index signature, is expected. */
type Plain<T> = { [K in keyof T]: T[K] };
type Item<T> = NonNullable<T> extends ReadonlyArray<infer I> ? I : never;

/** One service, kept alive in two regions. On the hub. */
export type TwinService = Plain<ITwinService>;
export type TwinServiceSpec = TwinService["spec"];
export type TwinServiceStatus = NonNullable<TwinService["status"]>;

/** One of the two regions of a service, with what is different there. */
export type ClusterRef = Item<TwinServiceSpec["clusters"]>;
/** Changes to one manifest in one region. */
export type Patch = Item<ClusterRef["patches"]>;
/** One RFC 6902 operation. */
export type PatchOp = Item<Patch["ops"]>;
/** `spec.standby` of a TwinService; the API server has filled `mode` in. */
export type Standby = NonNullable<TwinServiceSpec["standby"]>;
export type StandbyMode = NonNullable<Standby["mode"]>;
/** Who may promote, and when. */
export type Policy = TwinSideSpec["policy"];
/** How pods are held back where there is no grant. */
export type Gate = NonNullable<TwinSideSpec["gate"]>;
/** A workload that something else delivers: only its role is the operator's. */
export type Target = Item<TwinSideSpec["targets"]>;
export type DeletionPolicy = TwinSideSpec["deletionPolicy"];
/** What a TwinService's status says of one side. */
export type ClusterStatus = Item<TwinServiceStatus["clusters"]>;
/** One change of the active region, with the time of each stage. */
export type Transition = NonNullable<TwinServiceStatus["lastTransition"]>;
export type TransitionKind = Transition["kind"];

/** One service in one region. In that region. */
export type TwinSide = Plain<ITwinSide>;
export type TwinSideSpec = TwinSide["spec"];
export type TwinSideStatus = NonNullable<TwinSide["status"]>;

export type Role = TwinSideStatus["role"];
/** The hub's wish that a region be active, for the epoch it names. */
export type Wish = NonNullable<TwinSideSpec["wish"]>;
/** Replicas of one workload when its side was last active. */
export type LastActive = Item<TwinSideStatus["lastActive"]>;

/** A region, registered with the hub. On the hub. */
export type TwinCluster = Plain<ITwinCluster>;
export type TwinClusterSpec = TwinCluster["spec"];
export type TwinClusterStatus = NonNullable<TwinCluster["status"]>;

/** Who carries out the sides of a region. */
export type AgentMode = TwinClusterSpec["agent"];
/** A TwinSide that was let go while its region was silent. */
export type PendingDeletion = Item<TwinClusterStatus["pendingDeletions"]>;

/** One planned or unplanned move, run once. On the hub. */
export type TwinOperation = Plain<ITwinOperation>;
export type TwinOperationSpec = TwinOperation["spec"];
export type TwinOperationStatus = NonNullable<TwinOperation["status"]>;

export type OperationType = TwinOperationSpec["type"];
/** One stage of an operation, and when it was passed. */
export type Stage = Item<TwinOperationStatus["stages"]>;
