// Generated from crds/ by `npm run generate`; do not change it here.
import { createTypeMetaGuard, Model, type ModelData } from "@kubernetes-models/base";
import type { KubeObject } from "../object.ts";
import type { Meta } from "../object.ts";
import type { Condition } from "../condition.ts";

/**
 * A TwinSide is one service in one region. The operator writes it; read it to see what runs here when the hub is gone. To change the service, change the TwinService on the hub.
 */
export interface ITwinSide {
  /**
   * Version of this schema, always `twin-operator.dev/v1alpha1`.
   */
  "apiVersion": "twin-operator.dev/v1alpha1";
  /**
   * Always `TwinSide`.
   */
  "kind": "TwinSide";
  "metadata": Meta;
  /**
   * What the hub asks of this side. Written by the hub.
   */
  "spec": {
    /**
     * Name of the installation (hub) that this side belongs to. It is kept when a hub is rebuilt.
     */
    "installation": string;
    /**
     * Name of this region.
     */
    "region": string;
    /**
     * Name of the other region.
     */
    "twin": string;
    /**
     * The region that starts the service when both sides are standby. Fixed at creation, the same on both sides.
     */
    "home": string;
    /**
     * spec.promotion.policy of the TwinService.
     */
    "policy": "Exclusive" | "Available" | "Manual";
    /**
     * spec.standby of the TwinService.
     */
    "standby": {
      /**
       * `Cold`: nothing runs on standby. `Warm`: pods are scheduled and held at their gate. `Hot`: some replicas run.
       */
      "mode": "Cold" | "Warm" | "Hot";
      /**
       * With `Warm` and `Hot`: how many replicas there are on standby, as a number or in percent.
       */
      "replicas"?: number | string;
    };
    /**
     * spec.promotion.gate of the TwinService: how the pods of an `Exclusive` side are held back while the region has no grant.
     */
    "gate"?: "Kill" | "Exit" | "None";
    /**
     * The objects of this side, with the patches for this region applied. Replicas are set by the role.
     */
    "objects": ReadonlyArray<KubeObject>;
    /**
     * spec.targets of the TwinService: workloads that something else delivers, of which only replicas and suspension are set, by the role.
     */
    "targets"?: ReadonlyArray<{
      /**
       * Its kind; nothing else runs pods and can be stopped.
       */
      "kind": "Deployment" | "StatefulSet" | "CronJob";
      /**
       * Its metadata.name.
       */
      "name": string;
      /**
       * How many replicas an activation starts with; none for a CronJob.
       */
      "replicas"?: number;
    }>;
    /**
     * Hash of `objects`, `standby` and `targets`.
     */
    "hash": string;
    /**
     * Stops syncing of this side while true.
     */
    "suspend"?: boolean;
    /**
     * `Delete`: the objects go with the side. `Orphan`: they run on, without an owner.
     */
    "deletionPolicy": "Delete" | "Orphan";
    /**
     * The hub's wish that a region be active. The agent acts on it once, and only when its epoch is still the one that the wish names.
     */
    "wish"?: {
      /**
       * Name of the region that is to be active.
       */
      "to": string;
      /**
       * status.epoch of this side that the wish was made for.
       */
      "ifEpoch": number;
      /**
       * The side that this one takes over from without its consent, as `uid/epoch`. An `Exclusive` side refuses it.
       */
      "supersedes"?: string;
      /**
       * Replicas of each workload on the side that was active before, as the hub saw them last; the promotion starts scaled ones with them.
       */
      "lastActive"?: ReadonlyArray<{
        /**
         * Kind of the workload.
         */
        "kind": string;
        /**
         * Name of the workload.
         */
        "name": string;
        /**
         * Its replicas.
         */
        "replicas": number;
      }>;
    };
  };
  /**
   * What this side is and does. Written by the agent only.
   */
  "status"?: {
    /**
     * Role of this side. It is written before any workload is touched.
     */
    "role": "Active" | "Standby";
    /**
     * Grows with every change of the role. The API server refuses anything else.
     */
    "epoch": number;
    /**
     * The side that this one took over from without its consent, as `uid/epoch`.
     */
    "supersedes"?: string;
    /**
     * The epoch for which it was seen that no pod beyond those of a standby side is left.
     */
    "podsGoneEpoch"?: number;
    /**
     * The side that this one has given way to, as `uid/epoch`: it becomes active once the pods here are gone. An offer is never withdrawn.
     */
    "offeredTo"?: string;
    /**
     * The other side as this agent read it last.
     */
    "peer"?: {
      /**
       * metadata.uid of the other side.
       */
      "uid": string;
      /**
       * The greatest status.epoch that was read of it.
       */
      "epoch": number;
    };
    /**
     * spec.hash that is applied.
     */
    "hash"?: string;
    /**
     * The metadata.generation that this status speaks of.
     */
    "observedGeneration"?: number;
    /**
     * Replicas that are ready.
     */
    "ready"?: number;
    /**
     * Replicas that should run in this role.
     */
    "desired"?: number;
    /**
     * Replicas of each workload when this side was last active; a promotion starts with them.
     */
    "lastActive"?: ReadonlyArray<{
      /**
       * Kind of the workload.
       */
      "kind": string;
      /**
       * Name of the workload.
       */
      "name": string;
      /**
       * Its replicas.
       */
      "replicas": number;
    }>;
    /**
     * `Applied`: all objects are applied; `Ready`: the side does what its role asks for; `Stalled`: a person is needed.
     */
    "conditions"?: ReadonlyArray<Condition>;
  };
}

/**
 * A TwinSide is one service in one region. The operator writes it; read it to see what runs here when the hub is gone. To change the service, change the TwinService on the hub.
 */
export interface TwinSide extends ITwinSide {}
export class TwinSide extends Model<ITwinSide> {

static apiVersion: ITwinSide["apiVersion"] = "twin-operator.dev/v1alpha1";
static kind: ITwinSide["kind"] = "TwinSide";
static is = createTypeMetaGuard<ITwinSide>(TwinSide);

constructor(data?: ModelData<ITwinSide>) {
  super();

  this.setDefinedProps({
    apiVersion: TwinSide.apiVersion,
    kind: TwinSide.kind,
    ...data
  } as ITwinSide);
}
}
