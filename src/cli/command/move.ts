/** switchover, failover, failback: creates a TwinOperation, and follows it to its end. */

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

export interface MoveOptions {
	readonly to?: string;
	readonly wait: boolean;
	readonly timeoutSeconds: number;
	readonly yes?: boolean;
}

const POLL_MS = 400;

export async function switchover(
	session: Session,
	name: string,
	options: MoveOptions,
): Promise<void> {
	const service = await serviceOf(session, name);
	await planned(session, service, targetOf(service, options.to), options);
}

export async function failback(
	session: Session,
	name: string,
	options: MoveOptions,
): Promise<void> {
	const service = await serviceOf(session, name);
	await planned(
		session,
		service,
		service.spec.clusters[0]?.name ?? "",
		options,
	);
}

async function planned(
	session: Session,
	service: TwinService,
	to: string,
	options: MoveOptions,
): Promise<void> {
	if (isThere(session, service, to)) return;
	const { name = "" } = service.metadata ?? {};
	await operate(session, { type: "Switchover", service: name, to }, options);
}

export async function failover(
	session: Session,
	name: string,
	options: MoveOptions,
): Promise<void> {
	const service = await serviceOf(session, name);
	const to = targetOf(service, options.to);
	if (isThere(session, service, to)) return;
	const { epoch, activeCluster = "its region" } = service.status ?? {};
	if (epoch === undefined)
		throw new CliFault(
			`${name} has not been placed yet, so there is nothing to fail over. See kubectl twin explain ${name}.`,
		);
	if (!options.yes) await confirm(session, name, activeCluster, to);
	const spec: TwinOperationSpec = {
		type: "Failover",
		service: name,
		to,
		ifEpoch: epoch,
		acknowledgeDataLoss: true,
	};
	await operate(session, spec, options);
}

/** Never by accident: what the active region had not replicated yet is gone for the other one. */
async function confirm(
	{ terminal }: Session,
	name: string,
	from: string,
	to: string,
): Promise<void> {
	const question = `Failover makes ${name} active in ${to} although ${from} cannot be asked to stop.\nWhat ${from} has written and not replicated is lost for ${to}. If ${from} still runs, both write.\nIf both regions answer, use a switchover instead: it loses nothing.\n`;
	if (!terminal.interactive)
		throw new CliFault(
			`${question}Nobody can be asked here: add --yes if that is meant.`,
			2,
		);
	terminal.note(question.trimEnd());
	const answer = await terminal.ask(`Type the name of the service (${name}): `);
	if (answer.trim() !== name)
		throw new CliFault(
			`${JSON.stringify(answer.trim())} is not ${name}: nothing was done.`,
		);
}

function targetOf(
	{ spec, status, metadata }: TwinService,
	wanted: string | undefined,
): string {
	const regions = spec.clusters.map((it) => it.name);
	if (wanted === undefined)
		return (
			regions.find((it) => it !== status?.activeCluster) ?? regions[1] ?? ""
		);
	if (!regions.includes(wanted))
		throw unknownName("region", wanted, `for ${metadata?.name}`, regions);
	return wanted;
}

function isThere(
	{ terminal }: Session,
	{ metadata, status }: TwinService,
	to: string,
): boolean {
	if (status?.activeCluster !== to) return false;
	terminal.out(`${metadata?.name} is active in ${to} already: nothing to do.`);
	return true;
}

async function operate(
	session: Session,
	spec: TwinOperationSpec,
	{ wait, timeoutSeconds }: MoveOptions,
): Promise<void> {
	const namespace = oneNamespace(session);
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
	if (wait) await follow(session, namespace, name, timeoutSeconds);
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

function ended({ terminal }: Session, it: TwinOperation): boolean {
	const failed = conditionIn(it, "Failed");
	if (failed?.status === "True") throw new CliFault(failed.message);
	if (conditionIn(it, "Complete")?.status !== "True") return false;
	const { status, spec } = it;
	terminal.out(
		`${spec.service} is active in ${status?.to ?? spec.to}, after ${status?.seconds ?? 0} s`,
	);
	return true;
}
