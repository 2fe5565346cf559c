// Generated from crds/ by `npm run generate`; do not change it here.
import { createTypeMetaGuard, Model, type ModelData } from "@kubernetes-models/base";
import type { Meta } from "../object.ts";
import type { Condition } from "../condition.ts";

/**
 * A TwinCluster registers one regional cluster with the hub. Its metadata.name is the name of the region everywhere.
 */
export interface ITwinCluster {
  /**
   * Version of this schema, always `twin-operator.dev/v1alpha1`.
   */
  "apiVersion": "twin-operator.dev/v1alpha1";
  /**
   * Always `TwinCluster`.
   */
  "kind": "TwinCluster";
  "metadata": Meta;
  /**
   * How the hub reaches the region, and who carries out its sides.
   */
  "spec": {
    /**
     * Name of the site that this region shares its power, building and network with. Two regions of one service should be in different ones.
     */
    "failureDomain"?: string;
    /**
     * How the hub authenticates to the region's API server.
     */
    "credentials": {
      /**
       * A ClusterProfile (multicluster.x-k8s.io) on the hub. Address and certificate authority come from its access provider `secretreader`, the token from the key `token` of the Secret of the same name in the operator's own namespace. Providers that run a program are not used.
       */
      "clusterProfileRef"?: {
        /**
         * Namespace of the ClusterProfile.
         */
        "namespace": string;
        /**
         * Name of the ClusterProfile, and of the Secret with its token.
         */
        "name": string;
      };
      /**
       * A Secret in the operator's own namespace on the hub that holds a kubeconfig, or a cluster as Argo CD keeps it (keys `server` and `config`). The kubeconfig must be self-contained: https, certificates, keys or a token inside; no `exec`, no `auth-provider`, no file paths; of Argo CD's forms, a bearer token or a client certificate.
       */
      "secretRef"?: {
        /**
         * Name of the Secret.
         */
        "name": string;
        /**
         * Key of the Secret's data that holds the kubeconfig.
         */
        "key"?: string;
      };
    };
    /**
     * Who carries out the sides of this region. `None`: the hub operator does it over the network. `External`: somebody runs `twin-operator agent` inside the region. `Managed`: the hub installs and upgrades the agent there, for which both regions have to be `Managed`. An agent that is there is never removed: neither by another value nor by deleting the TwinCluster.
     */
    "agent": "None" | "External" | "Managed";
  };
  /**
   * What the hub knows of the region. Written by the operator.
   */
  "status"?: {
    /**
     * The metadata.generation that this status speaks of; -1 before there is any.
     */
    "observedGeneration"?: number;
    /**
     * uid of the region's kube-system namespace, by which a cluster is known again. Two TwinClusters with the same one point at the same cluster.
     */
    "clusterUID"?: string;
    /**
     * Version of the agent that runs in the region, as it says itself. One minor version older or newer than the hub's does as well.
     */
    "agentVersion"?: string;
    /**
     * TwinSides that a person has let go of while the region did not answer. When it is back, exactly these uids are deleted there.
     */
    "pendingDeletions"?: ReadonlyArray<{
      /**
       * Namespace of the TwinSide.
       */
      "namespace": string;
      /**
       * Name of the TwinSide.
       */
      "name": string;
      /**
       * uid of the TwinSide. One with another uid is left alone.
       */
      "uid": string;
    }>;
    /**
     * `Ready`, `Reconciling` and `Stalled` as everywhere; `Reachable`: the API server answers; `CredentialsValid`: it accepts the kubeconfig; `AgentReady`: the agent of the region is at work; `GrantHeld`: it renews the region's grant; `Fencing`: how pods are stopped without one; `Independent`: hub and twin are not lost together with it.
     */
    "conditions"?: ReadonlyArray<Condition>;
  };
}

/**
 * A TwinCluster registers one regional cluster with the hub. Its metadata.name is the name of the region everywhere.
 */
export interface TwinCluster extends ITwinCluster {}
export class TwinCluster extends Model<ITwinCluster> {

static apiVersion: ITwinCluster["apiVersion"] = "twin-operator.dev/v1alpha1";
static kind: ITwinCluster["kind"] = "TwinCluster";
static is = createTypeMetaGuard<ITwinCluster>(TwinCluster);

constructor(data?: ModelData<ITwinCluster>) {
  super();

  this.setDefinedProps({
    apiVersion: TwinCluster.apiVersion,
    kind: TwinCluster.kind,
    ...data
  } as ITwinCluster);
}
}
