// Generated from crds/ by `npm run generate`; do not change it here.
import { createTypeMetaGuard, Model, type ModelData } from "@kubernetes-models/base";
import type { KubeObject } from "../object.ts";
import type { Meta } from "../object.ts";
import type { Condition } from "../condition.ts";

/**
 * A TwinService keeps one service alive in two regions: its manifests are placed in both, run in the active one, and wait in the standby one, which is promoted when the active region is lost.
 */
export interface ITwinService {
  /**
   * Version of this schema, always `twin-operator.dev/v1alpha1`.
   */
  "apiVersion": "twin-operator.dev/v1alpha1";
  /**
   * Always `TwinService`.
   */
  "kind": "TwinService";
  "metadata": Meta;
  /**
   * What is to run, where, and who decides when it moves.
   */
  "spec": {
    /**
     * The two regions, exactly two different ones. The first is preferred: a new service becomes active there. Changing their order moves nothing; a TwinOperation does.
     */
    "clusters": ReadonlyArray<{
      /**
       * metadata.name of a TwinCluster.
       */
      "name": string;
      /**
       * Changes to the manifests that apply in this region only, in order.
       */
      "patches"?: ReadonlyArray<{
        /**
         * Which of spec.manifests is changed.
         */
        "target": {
          /**
           * Its kind, such as `Deployment`.
           */
          "kind": string;
          /**
           * Its metadata.name.
           */
          "name": string;
        };
        /**
         * The JSON patch (RFC 6902) that is applied to it.
         */
        "ops": ReadonlyArray<{
          /**
           * What is done. `test` makes the service fail to place when the value is another one.
           */
          "op": "add" | "remove" | "replace" | "move" | "copy" | "test";
          /**
           * Where, as a JSON pointer, such as `/spec/template/spec/containers/0/image`. In keys, `~1` stands for `/` and `~0` for `~`.
           */
          "path": string;
          /**
           * Where `move` and `copy` take the value from, as a JSON pointer.
           */
          "from"?: string;
          /**
           * The value; `add`, `replace` and `test` need one. Anything that JSON has.
           */
          "value"?: unknown;
        }>;
      }>;
    }>;
    /**
     * The objects of the service, plain Kubernetes YAML, up to 128 and 1,000,000 bytes together. Replicas, the suspension of CronJobs and HorizontalPodAutoscalers follow the role of the region. Leave metadata.namespace out.
     */
    "manifests"?: ReadonlyArray<KubeObject>;
    /**
     * Workloads that something else (Argo CD, Flux, a person) delivers to both regions, into the namespace of the TwinService. The operator changes only what the role of the region needs: replicas, and the suspension of CronJobs. Deliver them inert, with `replicas: 0` and `suspend: true`, so that none runs before its region is active.
     */
    "targets"?: ReadonlyArray<{
      /**
       * Its kind; nothing else runs pods and can be stopped.
       */
      "kind": "Deployment" | "StatefulSet" | "CronJob";
      /**
       * Its metadata.name, the same in both regions.
       */
      "name": string;
      /**
       * How many replicas an activation starts with, unless more ran in the other region before. While the side is active they are left to whoever scales them, a person or an autoscaler.
       */
      "replicas"?: number;
    }>;
    /**
     * What runs in the standby region while it waits.
     */
    "standby"?: {
      /**
       * `Cold`: nothing runs, all replicas are 0; the cheapest. `Warm`: pods are scheduled, with their images pulled and their capacity held, and wait at their gate; needs the policy `Exclusive`. `Hot`: some replicas run, for applications that bear to run in both regions at once.
       */
      "mode"?: "Cold" | "Warm" | "Hot";
      /**
       * With `Warm` and `Hot`: how many replicas of each Deployment and StatefulSet there are, as a number, or in percent of the active replicas (`"50%"`, rounded up). When left out: all of them with `Warm`, 1 with `Hot`.
       */
      "replicas"?: number | string;
    };
    /**
     * Who may promote the standby region, and when.
     */
    "promotion"?: {
      /**
       * `Exclusive`: never two active regions; needs agents that hold grants, and without them nothing is promoted automatically. `Available`: promoted at once when the active region is lost; both may be active for a while, should it still run unseen. `Manual`: a person decides, with a TwinOperation.
       */
      "policy"?: "Exclusive" | "Available" | "Manual";
      /**
       * How pods are held back, with the policy `Exclusive`, in a region that has no grant. `Kill`: a small sidecar kills the application within a few seconds, also when the region's API server, its agent and its kubelet are dead; needs the shared process namespace. `Exit`: the sidecar only ends itself and the kubelet stops the pod. `None`: pods are stopped through the API server alone, which a region that is cut off cannot do.
       */
      "gate"?: "Kill" | "Exit" | "None";
      /**
       * What happens when the preferred region, the first of spec.clusters, is healthy again after a promotion.
       */
      "failback"?: {
        /**
         * `Manual`: nothing, until a TwinOperation moves the service back. `Automatic`: it is moved back once the region has been healthy for `stableSeconds`.
         */
        "mode"?: "Manual" | "Automatic";
        /**
         * With `Automatic`: how long the preferred region must have been healthy without a break.
         */
        "stableSeconds"?: number;
      };
    };
    /**
     * Stops syncing and promotion of this service while true. What runs goes on running.
     */
    "suspend"?: boolean;
    /**
     * What happens in the regions when the TwinService is deleted. `Delete`: its objects are deleted, PersistentVolumeClaims excepted. `Orphan`: they run on, without an owner.
     */
    "deletionPolicy"?: "Delete" | "Orphan";
  };
  /**
   * Where the service runs and how it got there. Written by the operator.
   */
  "status"?: {
    /**
     * The metadata.generation that this status speaks of; -1 before there is any.
     */
    "observedGeneration"?: number;
    /**
     * The region that serves.
     */
    "activeCluster"?: string;
    /**
     * The region that would take over.
     */
    "standbyCluster"?: string;
    /**
     * Grows by one with every change of a role: the sum of the epochs of both sides, last known where a region is silent. A Failover names it as ifEpoch.
     */
    "epoch"?: number;
    /**
     * The active region, in the form that an Argo CD ApplicationSet can follow; while it moves, the last one. Empty until one has been active.
     */
    "decisions"?: ReadonlyArray<{
      /**
       * Name of the region.
       */
      "clusterName": string;
    }>;
    /**
     * What is known of each side.
     */
    "clusters"?: ReadonlyArray<{
      /**
       * Name of the region.
       */
      "name": string;
      /**
       * uid of the TwinSide, as last read. It names the side when the region is silent: in a promotion, and when it is let go.
       */
      "uid"?: string;
      /**
       * Role of the side, as last read.
       */
      "role"?: "Active" | "Standby";
      /**
       * Epoch of the side, as last read.
       */
      "epoch"?: number;
      /**
       * Hash of the objects that the side has applied.
       */
      "hash"?: string;
      /**
       * Replicas that are ready.
       */
      "ready"?: number;
      /**
       * Replicas that should run in this role.
       */
      "desired"?: number;
      /**
       * Whether the region answers.
       */
      "reachable"?: boolean;
      /**
       * What is wrong with the side, and what to do next.
       */
      "message"?: string;
    }>;
    /**
     * `Ready`, `Reconciling` and `Stalled` as everywhere; `Available`: a side serves; `Redundant`: the other side could take over now; `Synced`: both sides have applied the manifests; `PromotionNeeded`, only while True: a person has to decide; `PolicyChanging`, only while True: the policy is being changed, one side after the other.
     */
    "conditions"?: ReadonlyArray<Condition>;
    /**
     * One change of the active region, with the time of each stage.
     */
    "lastTransition"?: {
      /**
       * `Creation`: the first activation. `Failover`: unplanned. `Switchover`: planned. `Failback`: planned, back to the preferred region.
       */
      "kind": "Creation" | "Failover" | "Switchover" | "Failback";
      /**
       * The region that was active before.
       */
      "from"?: string;
      /**
       * The region that became active.
       */
      "to": string;
      /**
       * status.epoch after the change.
       */
      "epoch": number;
      /**
       * Why, as one word.
       */
      "reason": string;
      /**
       * Name of the TwinOperation that asked for it.
       */
      "operation"?: string;
      /**
       * When it was asked for, if it was planned.
       */
      "requestedAt"?: string;
      /**
       * When the active region was last known to answer, if it was lost.
       */
      "lostAt"?: string;
      /**
       * When the old active side was known to have stopped. Missing when that could not be known.
       */
      "fencedAt"?: string;
      /**
       * When the new side became active.
       */
      "activatedAt"?: string;
      /**
       * When all replicas of the new side were ready.
       */
      "readyAt"?: string;
      /**
       * Seconds from the loss or the request until ready.
       */
      "recoverySeconds"?: number;
    };
    /**
     * The last ten transitions, the newest first.
     */
    "history"?: ReadonlyArray<{
      /**
       * `Creation`: the first activation. `Failover`: unplanned. `Switchover`: planned. `Failback`: planned, back to the preferred region.
       */
      "kind": "Creation" | "Failover" | "Switchover" | "Failback";
      /**
       * The region that was active before.
       */
      "from"?: string;
      /**
       * The region that became active.
       */
      "to": string;
      /**
       * status.epoch after the change.
       */
      "epoch": number;
      /**
       * Why, as one word.
       */
      "reason": string;
      /**
       * Name of the TwinOperation that asked for it.
       */
      "operation"?: string;
      /**
       * When it was asked for, if it was planned.
       */
      "requestedAt"?: string;
      /**
       * When the active region was last known to answer, if it was lost.
       */
      "lostAt"?: string;
      /**
       * When the old active side was known to have stopped. Missing when that could not be known.
       */
      "fencedAt"?: string;
      /**
       * When the new side became active.
       */
      "activatedAt"?: string;
      /**
       * When all replicas of the new side were ready.
       */
      "readyAt"?: string;
      /**
       * Seconds from the loss or the request until ready.
       */
      "recoverySeconds"?: number;
    }>;
  };
}

/**
 * A TwinService keeps one service alive in two regions: its manifests are placed in both, run in the active one, and wait in the standby one, which is promoted when the active region is lost.
 */
export interface TwinService extends ITwinService {}
export class TwinService extends Model<ITwinService> {

static apiVersion: ITwinService["apiVersion"] = "twin-operator.dev/v1alpha1";
static kind: ITwinService["kind"] = "TwinService";
static is = createTypeMetaGuard<ITwinService>(TwinService);

constructor(data?: ModelData<ITwinService>) {
  super();

  this.setDefinedProps({
    apiVersion: TwinService.apiVersion,
    kind: TwinService.kind,
    ...data
  } as ITwinService);
}
}
