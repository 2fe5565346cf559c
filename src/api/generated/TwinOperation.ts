// Generated from crds/ by `npm run generate`; do not change it here.
import { createTypeMetaGuard, Model, type ModelData } from "@kubernetes-models/base";
import type { Meta } from "../object.ts";
import type { Condition } from "../condition.ts";

/**
 * A TwinOperation moves a service to its other region, once, like a Job. Kept, it is the record of who asked for what and how long each stage took.
 */
export interface ITwinOperation {
  /**
   * Version of this schema, always `twin-operator.dev/v1alpha1`.
   */
  "apiVersion": "twin-operator.dev/v1alpha1";
  /**
   * Always `TwinOperation`.
   */
  "kind": "TwinOperation";
  "metadata": Meta;
  /**
   * What is to be done. It cannot be changed; create another TwinOperation instead.
   */
  "spec": {
    /**
     * `Switchover`: planned; the active side stops before the other one starts, nothing is lost. `Failover`: the standby side starts at once, whatever the other one does; data that was not replicated is lost.
     */
    "type": "Switchover" | "Failover";
    /**
     * metadata.name of a TwinService in the same namespace.
     */
    "service": string;
    /**
     * The region that is to be active. The standby region when left out.
     */
    "to"?: string;
    /**
     * A Failover needs `true` here, because what was not replicated is lost.
     */
    "acknowledgeDataLoss"?: boolean;
    /**
     * status.epoch of the TwinService that this overrides; the operation is refused when the epoch has moved on. A Failover needs it.
     */
    "ifEpoch"?: number;
  };
  /**
   * How far it is. Written by the operator.
   */
  "status"?: {
    /**
     * The metadata.generation that this status speaks of; -1 before there is any.
     */
    "observedGeneration"?: number;
    /**
     * The region that was active before.
     */
    "from"?: string;
    /**
     * The region that becomes active.
     */
    "to"?: string;
    /**
     * status.epoch of the TwinService that the operation was begun at.
     */
    "epoch"?: number;
    /**
     * When it was begun.
     */
    "startedAt"?: string;
    /**
     * When it was complete or had failed.
     */
    "completedAt"?: string;
    /**
     * The stages it has passed, in order.
     */
    "stages"?: ReadonlyArray<{
      /**
       * Name of the stage.
       */
      "name": string;
      /**
       * When it was passed.
       */
      "at": string;
    }>;
    /**
     * Seconds from the beginning to the end.
     */
    "seconds"?: number;
    /**
     * Exactly one of `Complete` and `Failed` becomes True, as with a Job; its message tells the outcome.
     */
    "conditions"?: ReadonlyArray<Condition>;
  };
}

/**
 * A TwinOperation moves a service to its other region, once, like a Job. Kept, it is the record of who asked for what and how long each stage took.
 */
export interface TwinOperation extends ITwinOperation {}
export class TwinOperation extends Model<ITwinOperation> {

static apiVersion: ITwinOperation["apiVersion"] = "twin-operator.dev/v1alpha1";
static kind: ITwinOperation["kind"] = "TwinOperation";
static is = createTypeMetaGuard<ITwinOperation>(TwinOperation);

constructor(data?: ModelData<ITwinOperation>) {
  super();

  this.setDefinedProps({
    apiVersion: TwinOperation.apiVersion,
    kind: TwinOperation.kind,
    ...data
  } as ITwinOperation);
}
}
