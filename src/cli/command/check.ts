/** check: is everything there that a promotion would need? Each finding with what to do. */
import { load } from "js-yaml";
import type { Condition } from "../../api/condition.ts";
import {
	CRD,
	DEPLOYMENT,
	NAMESPACE,
	TWIN_CLUSTER,
	TWIN_SERVICE,
} from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import type { TwinCluster, TwinService } from "../../api/types.ts";
import { PROFILES, type ProfileName } from "../../core/profile.ts";
import { CliFault } from "../fault.ts";
import { printed } from "../output.ts";
import { ask, find, list, type Session, send } from "../session.ts";
import { palette } from "../terminal.ts";
import { type CheckFinding, findingLines } from "../view/finding.ts";
import { missingFields } from "../view/schema.ts";
import { attention, conditionOf, serviceStanding } from "../view/standing.ts";
import { counted } from "../view/words.ts";

const CRDS = ["twinclusters", "twinservices", "twinsides", "twinoperations"];
const HUB = "twin-operator-hub";
/** Timestamps in status and history are then off by as much; nothing is decided by them. */
const SKEW_MS = 5_000;
const SAMPLES = 5;

export async function check(session: Session): Promise<void> {
	const findings = [
		...(await crdFindings(session)),
		...(await hubFindings(session)),
		...(await answerFindings(session)),
	];
	if (findings.every((it) => it.level !== "fault")) {
		const services = (await list<TwinService>(session, TWIN_SERVICE)) ?? [];
		findings.push(...(await clusterFindings(session, services)));
		findings.push(...serviceFindings(services));
	}
	const faults = findings.filter((it) => it.level === "fault").length;
	if (
		!printed(
			session,
			findings,
			findings.map((it) => it.level),
		)
	) {
		const { terminal } = session;
		for (const it of findingLines(findings, palette(terminal.colour)))
			terminal.out(it);
	}
	if (faults > 0) throw new CliFault(`${counted(faults, "fault")} found.`);
}

/** Every field that this version knows is known there too: an older CRD drops what it does not know. */
async function crdFindings(session: Session): Promise<CheckFinding[]> {
	const findings: CheckFinding[] = [];
	for (const plural of CRDS) {
		const name = `${plural}.twin-operator.dev`;
		const there = await find(session, { verb: "get", resource: CRD, name });
		const ours = load(
			session.packaged(`crds/twin-operator.dev_${plural}.yaml`),
		) as KubeObject;
		const missing = there ? missingFields(ours, there) : [];
		if (!there)
			findings.push({
				level: "fault",
				what: `CRD ${name} is missing.`,
				next: "kubectl apply --server-side -f crds/ (docs/install.md); or this is no hub: choose its context with --context.",
			});
		else if (missing.length > 0)
			findings.push({
				level: "fault",
				what: `CRD ${name} is older than this program: it does not know ${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""}.`,
				next: "kubectl apply --server-side --force-conflicts -f crds/ of the operator's version.",
			});
	}
	return findings.length > 0
		? findings
		: [{ level: "ok", what: `The ${CRDS.length} CRDs are there.` }];
}

async function hubFindings(session: Session): Promise<CheckFinding[]> {
	const ns = session.flags.operatorNamespace;
	const hub = await find<KubeObject>(session, {
		verb: "get",
		resource: DEPLOYMENT,
		namespace: ns,
		name: HUB,
	});
	if (!hub)
		return [
			{
				level: "warning",
				what: `There is no Deployment ${HUB} in namespace ${ns}: the hub operator runs elsewhere, or not at all.`,
				next: "Name its namespace with --operator-namespace, or install it (docs/install.md).",
			},
		];
	const { readyReplicas = 0 } = (hub.status ?? {}) as {
		readyReplicas?: number;
	};
	return [
		readyReplicas > 0
			? { level: "ok", what: `The hub operator runs (${readyReplicas} ready).` }
			: {
					level: "fault",
					what: `No pod of the Deployment ${ns}/${HUB} is ready: nothing is synced or reported.`,
					next: `kubectl -n ${ns} describe pods -l app.kubernetes.io/component=hub`,
				},
	];
}

/** Latency against the profile's deadline, and the server's clock against this one's. */
async function answerFindings(session: Session): Promise<CheckFinding[]> {
	const { clock, context } = session;
	const times: number[] = [];
	for (let at = 0; at < SAMPLES; at += 1) {
		const sentMs = clock.now();
		await ask(session, { verb: "get", resource: NAMESPACE, name: "default" });
		times.push(clock.now() - sentMs);
	}
	const middle = Math.round(
		times.toSorted((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? 0,
	);
	const limit = PROFILES.Fast.requestSeconds * 1_000;
	const fast: ProfileName = "Fast";
	const findings: CheckFinding[] = [
		middle * 4 < limit
			? { level: "ok", what: `${context} answers within ${middle} ms.` }
			: {
					level: "warning",
					what: `${context} answers within ${middle} ms from here; the profile ${fast} gives a request ${limit} ms.`,
					next: "If it is as slow for the agents, choose the profile Standard or Patient.",
				},
	];
	const skewMs = await skewOf(session);
	if (skewMs !== undefined && Math.abs(skewMs) > SKEW_MS)
		findings.push({
			level: "warning",
			what: `The clocks of ${context} and of this machine differ by ${Math.round(Math.abs(skewMs) / 1_000)} s.`,
			next: "Set them by NTP. Nothing is decided by them, but ages shown here are off.",
		});
	return findings;
}

/** A dry run leaves nothing behind, and is answered with the server's time, in whole seconds. */
async function skewOf(session: Session): Promise<number | undefined> {
	const name = "twin-operator-clock";
	const answer = await send(session, {
		verb: "create",
		resource: NAMESPACE,
		query: { dryRun: "All" },
		body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
	});
	if (answer.kind !== "ok") return undefined;
	const at = Date.parse(answer.body.metadata.creationTimestamp ?? "");
	return Number.isNaN(at) ? undefined : session.clock.wall().getTime() - at;
}

async function clusterFindings(
	session: Session,
	services: readonly TwinService[],
): Promise<CheckFinding[]> {
	const clusters = (await list<TwinCluster>(session, TWIN_CLUSTER)) ?? [];
	if (clusters.length < 2)
		return [
			{
				level: "fault",
				what: `${counted(clusters.length, "region")} registered: a pair has two.`,
				next: "kubectl twin register NAME --kubeconfig-of CONTEXT",
			},
		];
	const exclusive = services.some(
		({ spec }) => spec.promotion?.policy === "Exclusive",
	);
	const findings = clusters.flatMap((it) => regionFindings(it, exclusive));
	// What both regions say in the same words is said once.
	return findings.filter(
		({ what }, at) => findings.findIndex((other) => other.what === what) === at,
	);
}

function regionFindings(it: TwinCluster, exclusive: boolean): CheckFinding[] {
	const name = it.metadata?.name;
	const bad = CLUSTER_CONDITIONS.map((type) => conditionOf(it, type)).filter(
		(one) =>
			one !== undefined &&
			one.status !== "True" &&
			// Only Exclusive services need agents.
			(exclusive || one.reason !== "NoAgent"),
	) as Condition[];
	if (bad.length === 0)
		return [{ level: "ok", what: `Region ${name} is as it should be.` }];
	return bad.map((one) => {
		const { condition, reason, message, next } = attention(one);
		return {
			level: condition === "Ready" ? "fault" : "warning",
			what:
				condition === "Independent"
					? `${reason}: ${message}`
					: `Region ${name}, ${condition}: ${reason}. ${message}`,
			...(next ? { next } : {}),
		};
	});
}

const CLUSTER_CONDITIONS = [
	"Ready",
	"CredentialsValid",
	"GrantHeld",
	"Fencing",
	"Independent",
];

function serviceFindings(services: readonly TwinService[]): CheckFinding[] {
	const standing = services.map(serviceStanding);
	const alone = standing.filter((it) => it.redundant !== "True");
	return [
		alone.length === 0
			? {
					level: "ok",
					what: `${services.length} of ${counted(services.length, "service")} could be taken over now.`,
				}
			: {
					level: "warning",
					what: `${alone.length} of ${counted(services.length, "service")} could not be taken over now: ${alone
						.slice(0, 5)
						.map((it) => `${it.namespace}/${it.name}`)
						.join(", ")}${alone.length > 5 ? ", …" : ""}.`,
					next: "kubectl twin explain NAME -n NAMESPACE",
				},
	];
}
