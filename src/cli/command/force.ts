/**
 * Rule 19, for a person: hub and twin are gone, and the surviving region is told
 * so. Works on that region's own API server alone.
 */
import { LEASE } from "../../api/kind.ts";
import type { KubeObject } from "../../api/object.ts";
import {
	FORCE,
	FORCE_ANSWER,
	parseLease,
} from "../../core/region/grant/lease.ts";
import { CliFault, unknownName } from "../fault.ts";
import { ask, find, type Session } from "../session.ts";
import { type GrantStanding, grantsOf } from "../view/region.ts";

export interface ForceOptions {
	readonly yes?: boolean;
	readonly timeoutSeconds: number;
}

const POLL_MS = 1_000;

export async function force(
	session: Session,
	lost: string,
	{ yes, timeoutSeconds }: ForceOptions,
): Promise<void> {
	const grant = await grantOf(session, lost);
	if (grant.holder === grant.at)
		throw new CliFault(
			`${grant.at} holds the grant of ${lost} already: its Exclusive services are ${grant.at}'s. See kubectl twin status --context ${session.context}.`,
		);
	if (!yes) await confirm(session, lost, grant.at);
	const name = `grant-${grant.of}.${grant.at}`;
	const set = await ask(session, {
		verb: "merge",
		resource: LEASE,
		namespace: session.flags.operatorNamespace,
		name,
		query: { fieldManager: "kubectl-twin" },
		// An answer to an earlier request is not an answer to this one.
		body: {
			metadata: { annotations: { [FORCE]: lost, [FORCE_ANSWER]: null } },
		},
	});
	if (parseLease(set)?.force !== lost)
		throw new CliFault(
			`the annotation ${FORCE} could not be set on lease ${name}: try again.`,
		);
	session.terminal.note(
		`${grant.at} was told that ${lost} is lost. Its agent watches the grant for as long as a loss takes before it acts.`,
	);
	await untilAnswered(session, name, grant.at, timeoutSeconds);
}

/** The grant of the lost region, kept in the region that is asked. */
async function grantOf(session: Session, lost: string): Promise<GrantStanding> {
	const { operatorNamespace } = session.flags;
	const leases = await find<{ items: KubeObject[] }>(session, {
		verb: "list",
		resource: LEASE,
		namespace: operatorNamespace,
	});
	const grants = grantsOf(leases?.items ?? []);
	const found = grants.filter((it) => it.of === lost);
	if (found.length === 0)
		throw unknownName(
			"grant of region",
			lost,
			`in namespace ${operatorNamespace} of context ${session.context}`,
			grants.map((it) => it.of),
		);
	const [grant] = found as [GrantStanding];
	// A region keeps its twin's grant; who keeps both is the hub or the witness.
	if (grants.some((it) => it.of === grant.at && it.at === lost))
		throw new CliFault(
			`context ${session.context} keeps the grants of both regions, so it is the hub or the witness, and while it answers nobody has to be forced. Give the surviving region's context with --context.`,
			2,
		);
	return grant;
}

async function confirm(
	{ terminal }: Session,
	lost: string,
	survivor: string,
): Promise<void> {
	const warning = `This makes every Exclusive service of ${lost} active in ${survivor}, without the hub.\nOnly do it if ${lost} surely does not run any more: powered off, burnt, or its storage fenced.\nIf it still runs where ${survivor} cannot see it, both write.`;
	if (!terminal.interactive)
		throw new CliFault(
			`${warning}\nNobody can be asked here: add --yes if that is meant.`,
			2,
		);
	terminal.note(warning);
	const typed = await terminal.ask(
		"Type the name of the region that is lost: ",
	);
	if (typed.trim() !== lost)
		throw new CliFault(
			`${JSON.stringify(typed.trim())} is not ${lost}: nothing was done.`,
		);
}

async function untilAnswered(
	session: Session,
	name: string,
	survivor: string,
	timeoutSeconds: number,
): Promise<void> {
	const { terminal, clock, flags } = session;
	const begunMs = clock.now();
	while (
		clock.now() - begunMs < timeoutSeconds * 1_000 &&
		!terminal.interrupted.aborted
	) {
		const lease = await ask(session, {
			verb: "get",
			resource: LEASE,
			namespace: flags.operatorNamespace,
			name,
		});
		const answer = lease.metadata.annotations?.[FORCE_ANSWER];
		const seconds = ((clock.now() - begunMs) / 1_000).toFixed(1);
		if (answer?.startsWith("refused"))
			throw new CliFault(`${survivor} ${answer}`);
		if (answer !== undefined || parseLease(lease)?.holder === survivor) {
			terminal.out(`${answer ?? "done"} (${seconds} s)`);
			terminal.out(
				`See kubectl twin status --context ${session.context}: sides become active in order now.`,
			);
			return;
		}
		await clock.sleep(POLL_MS, terminal.interrupted);
	}
	throw new CliFault(
		`no answer from the agent of ${survivor} yet; what was asked for stays. See whether it runs: kubectl -n ${flags.operatorNamespace} get pods --context ${session.context}.`,
	);
}
