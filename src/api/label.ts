/** Labels, annotations and finalizers: every one the operator writes or reads. */
export const GROUP = "twin-operator.dev";

/** The one field manager of everything the operator applies. */
export const FIELD_MANAGER = "twin-operator";

/** On TwinSides and workloads: the installation (hub) they belong to; kept when a hub is rebuilt. */
export const INSTALLATION = `${GROUP}/installation`;
/** On workloads, pod templates and Jobs: the name of their TwinSide. */
export const SIDE = `${GROUP}/side`;
/** On namespaces the operator created: never deleted by it, but known as its own. */
export const CREATED_BY = `${GROUP}/created-by`;

/** On workloads: the side's epoch at the last write. A lower one never overwrites a higher one (rule 18). */
export const EPOCH = `${GROUP}/epoch`;
/** On workloads: hash of what was applied last, role left out. */
export const APPLIED = `${GROUP}/applied`;
/** Set by a person on an object that existed before: `SIDE-NAME` lets that side take it over. */
export const ADOPT = `${GROUP}/adopt`;
/**
 * On the Lease `agent` in a region: `Pod` when every schedulable node there bears
 * the gate, else `Agent`. The agent tells, so that the hub needs no rights on nodes.
 */
export const FENCING = `${GROUP}/fencing`;
/** On the Lease `agent` in a region: the agent's version, so that the hub can tell when it is another one than its own. */
export const AGENT_VERSION = `${GROUP}/version`;
/** Set by a person on a TwinService being deleted: name of an unreachable cluster whose side is let go. */
export const LET_GO = `${GROUP}/let-go`;

/** On TwinServices: both sides are cleaned up before the service goes. */
export const SERVICE_FINALIZER = `${GROUP}/sides`;
/** On TwinSides: workloads are released (`Orphan`) before the side goes. */
export const SIDE_FINALIZER = `${GROUP}/workloads`;
/** On TwinClusters: held while a TwinService names it. */
export const CLUSTER_FINALIZER = `${GROUP}/in-use`;
