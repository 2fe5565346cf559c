/** Bad input to the API, and the field and words with which the API server refuses it. */
import { bent, type Case, cluster, operation } from "./crd-objects.ts";
import { SERVICES } from "./crd-service-cases.ts";

const twop = bent(operation);
const tc = bent(cluster);

const OPERATIONS: readonly Case[] = [
	twop("an unknown type", "spec.type", "supported values", ({ spec }) => {
		spec.type = "Drill";
	}),
	twop(
		"a Failover that does not acknowledge data loss",
		"spec.acknowledgeDataLoss",
		"expected true for a Failover",
		({ spec }) => {
			spec.type = "Failover";
			spec.ifEpoch = 1;
			spec.acknowledgeDataLoss = false;
		},
	),
	twop(
		"a Failover without epoch",
		"spec.ifEpoch",
		"set it to status.epoch of the TwinService",
		({ spec }) => {
			spec.type = "Failover";
			spec.acknowledgeDataLoss = true;
		},
	),
	twop(
		"a negative epoch",
		"spec.ifEpoch",
		"greater than or equal to 0",
		({ spec }) => {
			spec.ifEpoch = -1;
		},
	),
	twop("no service", "spec.service", "Required value", ({ spec }) => {
		delete spec.service;
	}),
];

const REGIONS: readonly Case[] = [
	tc(
		"a region whose name is no label",
		"metadata.name",
		"expected at most 63 lower-case letters",
		({ metadata }) => {
			metadata.name = "north.example";
		},
	),
	tc("no credentials", "spec.credentials", "Required value", ({ spec }) => {
		delete spec.credentials;
	}),
	tc(
		"neither a Secret nor a ClusterProfile",
		"spec.credentials",
		"expected either secretRef or clusterProfileRef",
		({ spec }) => {
			spec.credentials = {};
		},
	),
	tc(
		"both a Secret and a ClusterProfile",
		"spec.credentials",
		"expected either secretRef or clusterProfileRef",
		({ spec }) => {
			const ref = { namespace: "inventory", name: "north" };
			spec.credentials.clusterProfileRef = ref;
		},
	),
	tc("no agent", "spec.agent", "Required value", ({ spec }) => {
		delete spec.agent;
	}),
	tc(
		"an agent of a later version",
		"spec.agent",
		'supported values: "None", "External", "Managed"',
		({ spec }) => {
			spec.agent = "Remote";
		},
	),
	tc(
		"a key that no Secret can have",
		"spec.credentials.secretRef.key",
		"should match",
		({ spec }) => {
			spec.credentials.secretRef.key = "../kubeconfig";
		},
	),
];

export const REFUSED: readonly Case[] = [
	...SERVICES,
	...OPERATIONS,
	...REGIONS,
];
