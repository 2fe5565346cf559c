/** Bad `spec.targets`. */
import { bent, type Case, type Loose, service } from "./crd-objects.ts";

const tws = bent(service);

const web = { kind: "Deployment", name: "delivered", replicas: 2 };

/** A service that names workloads which others deliver. */
const target = (name: string, field: string, says: string, it: Loose): Case =>
	tws(name, `spec.${field}`, says, ({ spec }) => {
		spec.promotion = { policy: "Available" };
		spec.targets = [web, it];
	});

export const TARGETS: readonly Case[] = [
	tws(
		"neither manifests nor targets",
		"spec.manifests",
		"expected the objects to run, because spec.targets is missing too",
		({ spec }) => {
			delete spec.manifests;
		},
	),
	tws(
		"targets of an Exclusive service with a gate",
		"spec.promotion.gate",
		"expected None with spec.targets and the policy Exclusive",
		({ spec }) => {
			spec.promotion = { policy: "Exclusive" };
			spec.targets = [web];
		},
	),
	target(
		"a target that is a manifest too",
		"targets",
		"expected only what spec.manifests does not have",
		{ kind: "Deployment", name: "web", replicas: 1 },
	),
	target(
		"the same target twice",
		"targets",
		"expected each kind and name once",
		web,
	),
	target(
		"a target of a kind that cannot be one",
		"targets[1].kind",
		'supported values: "Deployment", "StatefulSet", "CronJob"',
		{ kind: "DaemonSet", name: "log" },
	),
	target(
		"a target without replicas",
		"targets[1].replicas",
		"write how many replicas an activation starts with",
		{ kind: "StatefulSet", name: "db" },
	),
	target(
		"a CronJob with replicas",
		"targets[1].replicas",
		"leave it out for a CronJob",
		{ kind: "CronJob", name: "report", replicas: 1 },
	),
	target(
		"a target of no replicas",
		"targets[1].replicas",
		"greater than or equal to 1",
		{ kind: "Deployment", name: "db", replicas: 0 },
	),
];
