/** Bad TwinServices. */
import {
	bent,
	type Case,
	configMap,
	deployment,
	type Loose,
	service,
} from "./crd-objects.ts";

import { TARGETS } from "./crd-target-cases.ts";

const tws = bent(service);

/** A service with one patch of one operation. */
const op = (name: string, field: string, says: string, it: Loose): Case =>
	tws(name, `spec.clusters[1].patches[0].ops[0]${field}`, says, ({ spec }) => {
		spec.clusters[1].patches = [
			{ target: { kind: "Deployment", name: "web" }, ops: [it] },
		];
	});

/** A service whose second manifest has a field that is not its own to set. */
const owned = (field: string, value: unknown, says: string): Case =>
	tws(
		`metadata.${field} in a manifest`,
		`spec.manifests[1].metadata.${field}`,
		says,
		({ spec }) => {
			spec.manifests[1].metadata[field] = value;
		},
	);

const CLUSTERS: readonly Case[] = [
	tws(
		"one region",
		"spec.clusters",
		"expected exactly two regions",
		({ spec }) => spec.clusters.pop(),
	),
	tws(
		"three regions",
		"spec.clusters",
		"expected exactly two regions",
		({ spec }) => spec.clusters.push({ name: "east" }),
	),
	tws("no regions", "spec.clusters", "Required value", ({ spec }) => {
		delete spec.clusters;
	}),
	tws(
		"the same region twice",
		"spec.clusters",
		"expected two different regions",
		({ spec }) => {
			spec.clusters[1].name = "north";
		},
	),
	tws(
		"a region with an impossible name",
		"spec.clusters[0].name",
		"expected lower-case letters, digits and '-'",
		({ spec }) => {
			spec.clusters[0].name = "North_1";
		},
	),
	tws(
		"a patch for a manifest that is not there",
		"spec.clusters",
		"expected kind and metadata.name of one of spec.manifests",
		({ spec }) => {
			spec.clusters[0].patches = [
				{
					target: { kind: "Deployment", name: "wbe" },
					ops: [{ op: "remove", path: "/spec/replicas" }],
				},
			];
		},
	),
	op("an unknown operation", ".op", 'supported values: "add"', {
		op: "set",
		path: "/spec/replicas",
		value: 1,
	}),
	op("a path without slash", ".path", "expected a JSON pointer", {
		op: "remove",
		path: "spec.replicas",
	}),
	op("a patch of the name", ".path", "cannot change what an object is called", {
		op: "replace",
		path: "/metadata/name",
		value: "other",
	}),
	op("a move without from", ".from", "expected with 'move' and 'copy'", {
		op: "move",
		path: "/spec/replicas",
	}),
	op("an add with from", ".from", "expected with 'move' and 'copy'", {
		op: "add",
		path: "/spec/replicas",
		from: "/spec/paused",
		value: 1,
	}),
];

const MANIFESTS: readonly Case[] = [
	tws("no manifests", "spec.manifests", "at least 1 items", ({ spec }) => {
		spec.manifests = [];
	}),
	tws(
		"129 manifests",
		"spec.manifests",
		"must have at most 128 items",
		({ spec }) => {
			spec.manifests = Array.from({ length: 129 }, (_, at) =>
				configMap(`c${at}`),
			);
		},
	),
	tws(
		"a kind that is not allowed",
		"spec.manifests[1].kind",
		"expected one of the namespaced kinds",
		({ spec }) => {
			spec.manifests[1].kind = "DaemonSet";
		},
	),
	tws(
		"a cluster-scoped kind",
		"spec.manifests[1].kind",
		"cluster-scoped objects to both regions yourself",
		({ spec }) => {
			spec.manifests[1] = {
				apiVersion: "rbac.authorization.k8s.io/v1",
				kind: "ClusterRole",
				metadata: { name: "web" },
				rules: [],
			};
		},
	),
	tws(
		"an allowed kind in another version",
		"spec.manifests[1].apiVersion",
		"apps/v1 Deployment",
		({ spec }) => {
			spec.manifests[1].apiVersion = "extensions/v1beta1";
		},
	),
	tws(
		"a manifest without kind",
		"spec.manifests[1].kind",
		"Required value",
		({ spec }) => {
			delete spec.manifests[1].kind;
		},
	),
	tws(
		"a manifest without metadata",
		"spec.manifests[1].metadata",
		"Required value",
		({ spec }) => {
			delete spec.manifests[1].metadata;
		},
	),
	tws(
		"a manifest without name",
		"spec.manifests[1].metadata.name",
		"Required value",
		({ spec }) => {
			delete spec.manifests[1].metadata.name;
		},
	),
	tws(
		"two manifests of the same kind and name",
		"spec.manifests",
		"expected each kind and metadata.name once",
		({ spec }) => spec.manifests.push(deployment()),
	),
	tws(
		"a label that is a number",
		"spec.manifests[1].metadata.labels.app",
		"must be of type string",
		({ spec }) => {
			spec.manifests[1].metadata.labels.app = 7;
		},
	),
	owned("namespace", "kube-system", "leave it out, and put what belongs"),
	owned("generateName", "web-", "write metadata.name instead"),
	owned("uid", "1b2c", "leave it out"),
	owned("resourceVersion", "1", "leave it out"),
	owned("managedFields", [], "leave it out"),
	owned("ownerReferences", [], "the TwinSide in each region becomes the owner"),
	owned("creationTimestamp", "2026-01-01T00:00:00Z", "or null"),
	tws(
		"a status in a manifest",
		"spec.manifests[1].status.replicas",
		"should be less than or equal to 0",
		({ spec }) => {
			spec.manifests[1].status = { replicas: 3 };
		},
	),
	tws(
		"a status with conditions in a manifest",
		"spec.manifests[1].status.conditions",
		"must have at most 0 items",
		({ spec }) => {
			spec.manifests[1].status = { conditions: [{ type: "Available" }] };
		},
	),
];

const PROMOTION: readonly Case[] = [
	tws(
		"an unknown standby mode",
		"spec.standby.mode",
		'supported values: "Cold", "Warm", "Hot"',
		({ spec }) => {
			spec.standby = { mode: "Tepid" };
		},
	),
	tws(
		"Hot with the policy Exclusive",
		"spec.standby.mode",
		"expected Cold or Warm with spec.promotion.policy Exclusive",
		({ spec }) => {
			spec.standby = { mode: "Hot" };
			spec.promotion = { policy: "Exclusive" };
		},
	),
	tws(
		"Hot without a policy, which is Exclusive then",
		"spec.standby.mode",
		"choose one of them, or the policy Available or Manual",
		({ spec }) => {
			spec.standby = { mode: "Hot" };
		},
	),
	...["Available", "Manual"].map((policy) =>
		tws(
			`Warm with the policy ${policy}`,
			"spec.standby.mode",
			"expected Warm only with spec.promotion.policy Exclusive",
			({ spec }) => {
				spec.standby = { mode: "Warm" };
				spec.promotion = { policy };
			},
		),
	),
	tws(
		"replicas on a Cold standby",
		"spec.standby.replicas",
		"set spec.standby.mode to one of them",
		({ spec }) => {
			spec.standby = { replicas: 1 };
		},
	),
	...[0, 10001, "0%", "101%", "half", "3"].map((replicas) =>
		tws(
			`Hot with ${JSON.stringify(replicas)} replicas`,
			"spec.standby.replicas",
			'expected a number from 1 to 10000, or a percentage from "1%" to "100%"',
			({ spec }) => {
				spec.standby = { mode: "Hot", replicas };
				spec.promotion = { policy: "Available" };
			},
		),
	),
	tws(
		"an unknown policy",
		"spec.promotion.policy",
		'supported values: "Exclusive", "Available", "Manual"',
		({ spec }) => {
			spec.promotion = { policy: "Fast" };
		},
	),
	tws(
		"an unknown deletion policy",
		"spec.deletionPolicy",
		'supported values: "Delete", "Orphan"',
		({ spec }) => {
			spec.deletionPolicy = "Keep";
		},
	),
	tws(
		"a name that is too long for a label",
		"metadata.name",
		"expected at most 63 characters",
		({ metadata }) => {
			metadata.name = "w".repeat(64);
		},
	),
];

export const SERVICES: readonly Case[] = [
	...CLUSTERS,
	...TARGETS,
	...MANIFESTS,
	...PROMOTION,
];
