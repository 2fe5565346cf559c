/** switchover, failover, failback of one service: creates a TwinOperation, and follows it to its end. */

import type { Condition } from "../../api/condition.ts";
import { apiVersionOf, TWIN_OPERATION } from "../../api/kind.ts";
import { secondsBetween } from "../../api/time.ts";
import type {
	TwinOperation,
	TwinOperationSpec,
	TwinService,
} from "../../api/types.ts";
import { CliFault, unknownName } from "../fault.ts";
import { ask, oneNamespace, type Session, serviceOf } from "../session.ts";

export type MoveKind = "switchover" | "failover" | "failback";

export interface MoveOptions {
	readonly to?: string;
	readonly wait: boolean;
	readonly timeoutSeconds: number;
	readonly yes?: boolean;
}

const POLL_MS = 400;

export async function move(
	session: Session,
	kind: MoveKind,
	name: string,
	options: MoveOptions,
): Promise<void> {
	const service = await serviceOf(session, name);
	const spec = specOf(kind, service, options.to);
	const from = sourceOf(service) ?? "its region";
	if (spec.to === from) {
		session.terminal.out(
			`${name} is active in ${from} already: nothing to do.`,
		);
		return;
	}
	if (kind === "failover" && !options.yes)
		await confirmLoss(session, {
			...{ what: name, from, to: `${spec.to}` },
			...{ word: name, wordIs: "the name of the service" },
		});
	const namespace = oneNamespace(session);
	const operation = await create(session, namespace, spec);
	if (options.wait)
		await follow(session, namespace, operation, options.timeoutSeconds);
}

/** What is asked for; a CliFault where it cannot be. */
export function specOf(
	kind: MoveKind,
	service: TwinService,
	wanted: string | undefined,
): TwinOperationSpec {
	const { spec, status, metadata } = service;
	const name = metadata?.name ?? "";
	const to =
		kind === "failback" ? spec.clusters[0]?.name : targetOf(service, wanted);
	const common = { service: name, ...(to ? { to } : {}) };
	if (kind !== "failover") return { type: "Switchover", ...common };
	if (status?.epoch === undefined)
		throw new CliFault(
			`${name} has not been placed yet, so there is nothing to fail over. See kubectl twin explain ${name}.`,
		);
	const ifEpoch = status.epoch;
	return { type: "Failover", ...common, ifEpoch, acknowledgeDataLoss: true };
}

/** Never by accident: what the active region had not replicated yet is gone for the other one. */
export async function confirmLoss(
	{ terminal }: Session,
	of: {
		readonly what: string;
		readonly from: string;
		readonly to: string;
		/** What is to be typed. */
		readonly word: string;
		readonly wordIs: string;
	},
): Promise<void> {
	const { what, from, to, word } = of;
	const question = `Failover makes ${what} active in ${to} although ${from} cannot be asked to stop.\nWhat ${from} has written and not replicated is lost for ${to}. If ${from} still runs, both write.\nIf both regions answer, use a switchover instead: it loses nothing.\n`;
	if (!terminal.interactive)
		throw new CliFault(
			`${question}Nobody can be asked here: add --yes if that is meant.`,
			2,
		);
	terminal.note(question.trimEnd());
	const answer = await terminal.ask(`Type ${of.wordIs} (${word}): `);
	if (answer.trim() !== word)
		throw new CliFault(
			`${JSON.stringify(answer.trim())} is not ${word}: nothing was done.`,
		);
}

/**
 * The region that it leaves: where it is active, as far as the hub knows. A hub
 * that was built anew after a loss has never read the side there: then it is the
 * one that is silent.
 */
export function sourceOf({ status }: TwinService): string | undefined {
	if (status?.activeCluster) return status.activeCluster;
	const silent = (status?.clusters ?? []).filter(
		(it) => it.reachable === false,
	);
	return silent.length === 1 ? silent[0]?.name : undefined;
}

function targetOf(service: TwinService, wanted: string | undefined): string {
	const regions = service.spec.clusters.map((it) => it.name);
	if (wanted === undefined)
		return regions.find((it) => it !== sourceOf(service)) ?? regions[1] ?? "";
	if (!regions.includes(wanted))
		throw unknownName(
			"region",
			wanted,
			`for ${service.metadata?.name}`,
			regions,
		);
	return wanted;
}

/** Resolves with the name of the TwinOperation. */
export async function create(
	session: Session,
	namespace: string,
	spec: TwinOperationSpec,
): Promise<string> {
	const created = await ask<TwinOperation>(session, {
		verb: "create",
		resource: TWIN_OPERATION,
		namespace,
		query: { fieldManager: "kubectl-twin" },
		body: {
			apiVersion: apiVersionOf(TWIN_OPERATION),
			kind: TWIN_OPERATION.kind,
			metadata: { generateName: `${spec.service.slice(0, 57)}-` },
			spec,
		},
	});
	const name = created.metadata?.name ?? "";
	session.terminal.out(`twinoperation.twin-operator.dev/${name} created`);
	return name;
}

/** Each stage with its seconds, by the hub's own clock; then how it ended. */
async function follow(
	session: Session,
	namespace: string,
	name: string,
	timeoutSeconds: number,
): Promise<void> {
	const { terminal, clock } = session;
	const untilMs = clock.now() + timeoutSeconds * 1_000;
	let told = 0;
	let words = "";
	let noted = "";
	while (clock.now() < untilMs && !terminal.interrupted.aborted) {
		const it = await ask<TwinOperation>(session, {
			verb: "get",
			resource: TWIN_OPERATION,
			namespace,
			name,
		}).catch((thrown: unknown) => {
			if (terminal.interrupted.aborted) return undefined;
			throw thrown;
		});
		if (!it) break;
		const stages = it.status?.stages ?? [];
		for (const stage of stages.slice(told))
			terminal.note(`${elapsed(it, stage.at)}  ${stage.name}`);
		told = stages.length;
		if (ended(session, it)) return;
		const waits = conditionIn(it, "Complete")?.message ?? NOT_SEEN;
		// What is over with the next look is not worth a line.
		if (waits === words && waits !== noted) {
			terminal.note(`          ${waits}`);
			noted = waits;
		}
		words = waits;
		await clock.sleep(POLL_MS, terminal.interrupted);
	}
	const how = terminal.interrupted.aborted
		? "interrupted"
		: `not over after ${timeoutSeconds} s`;
	throw new CliFault(
		`${how}; the operation goes on. Follow it: kubectl -n ${namespace} get twinoperation ${name} -w`,
	);
}

const NOT_SEEN = "The hub operator has not looked at it yet.";

const elapsed = ({ status }: TwinOperation, at: string): string =>
	`${secondsBetween(status?.startedAt ?? at, at)
		.toFixed(1)
		.padStart(6)} s`;

const conditionIn = (
	{ status }: TwinOperation,
	type: string,
): Condition | undefined =>
	((status?.conditions ?? []) as readonly Condition[]).find(
		(it) => it.type === type,
	);

/** Why it has failed, if it has. */
export function failureOf(it: TwinOperation): string | undefined {
	const failed = conditionIn(it, "Failed");
	return failed?.status === "True" ? failed.message : undefined;
}

export const isComplete = (it: TwinOperation): boolean =>
	conditionIn(it, "Complete")?.status === "True";

function ended({ terminal }: Session, it: TwinOperation): boolean {
	const failure = failureOf(it);
	if (failure !== undefined) throw new CliFault(failure);
	if (!isComplete(it)) return false;
	const { status, spec } = it;
	terminal.out(
		`${spec.service} is active in ${status?.to ?? spec.to}, after ${status?.seconds ?? 0} s`,
	);
	return true;
}
