/** switchover, failover, failback of several services: those that are named, or all that are active in a region. */
import { TWIN_OPERATION, TWIN_SERVICE } from "../../api/kind.ts";
import type {
	TwinOperation,
	TwinOperationSpec,
	TwinService,
} from "../../api/types.ts";
import { CliFault, unknownName } from "../fault.ts";
import { list, notAHub, type Session, serviceOf } from "../session.ts";
import {
	confirmLoss,
	create,
	failureOf,
	isComplete,
	type MoveKind,
	type MoveOptions,
	move,
	sourceOf,
	specOf,
} from "./move.ts";

export interface MovesOptions extends MoveOptions {
	/** All that are active there, in the namespace, or with -A in all of them. */
	readonly from?: string;
}

/** How many are asked for at one time. */
const WIDTH = 16;
const POLL_MS = 1_000;

interface Wanted {
	readonly namespace: string;
	readonly spec: TwinOperationSpec;
}

interface Asked extends Wanted {
	/** Of the TwinOperation. */
	readonly operation: string;
}

interface Failed extends Wanted {
	readonly why: string;
}

const keyOf = ({ namespace, spec }: Wanted): string =>
	`${namespace}/${spec.service}`;

export async function moves(
	session: Session,
	kind: MoveKind,
	names: readonly string[],
	options: MovesOptions,
): Promise<void> {
	const { from } = options;
	const [only] = names;
	if ((only === undefined) === (from === undefined))
		throw new CliFault(
			`${kind} takes the names of TwinServices, or --from REGION for all that are active there: give one of both.`,
			2,
		);
	if (only !== undefined && names.length === 1)
		return move(session, kind, only, options);
	const services =
		from === undefined
			? await Promise.all(names.map((it) => serviceOf(session, it)))
			: await activeIn(session, kind, from);
	const wanted = services
		.map((it) => ({
			namespace: it.metadata?.namespace ?? "",
			spec: specOf(kind, it, options.to),
			leaves: sourceOf(it),
		}))
		.filter(({ leaves, spec }) => leaves !== spec.to);
	if (wanted.length === 0) {
		session.terminal.out("There is no service to move: nothing to do.");
		return;
	}
	if (kind === "failover" && !options.yes)
		await confirmLoss(session, {
			what: `${wanted.length} services`,
			from: from ?? "the region of each",
			to: options.to ?? "the other region",
			word: from ?? `${wanted.length}`,
			wordIs: from ? "the name of the region" : "the number of services",
		});
	await moveAll(session, wanted, options);
}

async function activeIn(
	session: Session,
	kind: MoveKind,
	region: string,
): Promise<readonly TwinService[]> {
	const services = await list<TwinService>(
		session,
		TWIN_SERVICE,
		session.namespace,
	);
	if (!services) throw notAHub(session);
	// As the services name them: whoever may move these need not know of others.
	const regions = new Set(
		services.flatMap((it) => it.spec.clusters.map(({ name }) => name)),
	);
	if (services.length > 0 && !regions.has(region))
		throw unknownName("region", region, "for any of them", [...regions]);
	const active = services.filter((it) => sourceOf(it) === region);
	if (kind !== "failover") return active;
	const isExclusive = (it: TwinService): boolean =>
		(it.spec.promotion?.policy ?? "Exclusive") === "Exclusive";
	const left = active.filter(isExclusive).length;
	if (left > 0)
		session.terminal.note(
			`Left out, since a failover refuses them: ${left} with the policy Exclusive. Their twin takes over by its grant; kubectl twin status says where it does not.`,
		);
	return active.filter((it) => !isExclusive(it));
}

async function moveAll(
	session: Session,
	wanted: readonly Wanted[],
	{ wait, timeoutSeconds }: MovesOptions,
): Promise<void> {
	const { terminal } = session;
	const { asked, refused } = await askFor(session, wanted);
	const course = wait
		? await follow(session, asked, timeoutSeconds)
		: { failed: [], going: 0, slowestSeconds: 0 };
	const failed = [...refused, ...course.failed];
	for (const it of failed.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)))
		terminal.note(`${keyOf(it)}: ${it.why}`);
	const moved = asked.length - course.failed.length - course.going;
	if (wait && moved > 0)
		terminal.out(
			`${moved} of ${wanted.length} services have moved; the slowest took ${course.slowestSeconds} s`,
		);
	const how = terminal.interrupted.aborted
		? "interrupted"
		: `not over after ${timeoutSeconds} s`;
	const where = session.namespace ? `-n ${session.namespace}` : "-A";
	if (course.going > 0)
		throw new CliFault(
			`${how}; ${course.going} operations go on. Follow them: kubectl get twinoperations ${where} -w`,
		);
	const missing = wanted.length - (wait ? moved : asked.length);
	if (missing > 0)
		throw new CliFault(
			`${missing} of ${wanted.length} services ${wait ? "have not moved" : "were not asked for"}. Run the same again for those that are left.`,
		);
}

async function askFor(session: Session, wanted: readonly Wanted[]) {
	const asked: Asked[] = [];
	const refused: Failed[] = [];
	const due = [...wanted];
	const work = async (): Promise<void> => {
		for (let it = due.shift(); it; it = due.shift()) {
			if (session.terminal.interrupted.aborted) return;
			try {
				const operation = await create(session, it.namespace, it.spec);
				asked.push({ ...it, operation });
			} catch (thrown) {
				if (!(thrown instanceof CliFault)) throw thrown;
				refused.push({ ...it, why: thrown.message });
			}
		}
	};
	await Promise.all(Array.from({ length: WIDTH }, work));
	return { asked, refused };
}

interface Course {
	readonly failed: readonly Failed[];
	/** Not over when nobody waited any longer. */
	readonly going: number;
	readonly slowestSeconds: number;
}

/** One list for all of them at each look, however many there are. */
async function follow(
	session: Session,
	asked: readonly Asked[],
	timeoutSeconds: number,
): Promise<Course> {
	const { terminal, clock, namespace } = session;
	const fromMs = clock.now();
	const left = new Map(
		asked.map((it) => [`${it.namespace}/${it.operation}`, it]),
	);
	const failed: Failed[] = [];
	let slowestSeconds = 0;
	let told = 0;
	while (left.size > 0 && !terminal.interrupted.aborted) {
		const passedMs = clock.now() - fromMs;
		if (passedMs > timeoutSeconds * 1_000) break;
		const found = await operationsIn(session, namespace).catch(
			(thrown: unknown) => {
				if (terminal.interrupted.aborted) return undefined;
				throw thrown;
			},
		);
		if (!found) break;
		for (const [key, it] of left) {
			const operation = found.get(key);
			const failure = operation ? failureOf(operation) : DELETED;
			if (failure !== undefined) failed.push({ ...it, why: failure });
			else if (operation && !isComplete(operation)) continue;
			slowestSeconds = Math.max(
				slowestSeconds,
				operation?.status?.seconds ?? 0,
			);
			left.delete(key);
		}
		const over = asked.length - left.size;
		if (over > told)
			terminal.note(
				`${(passedMs / 1_000).toFixed(1).padStart(6)} s  ${over} of ${asked.length} over${failed.length > 0 ? `, ${failed.length} of them failed` : ""}`,
			);
		told = over;
		if (left.size > 0) await clock.sleep(POLL_MS, terminal.interrupted);
	}
	return { failed, going: left.size, slowestSeconds };
}

const DELETED = "Its TwinOperation was deleted before it was over.";

async function operationsIn(
	session: Session,
	namespace: string | undefined,
): Promise<ReadonlyMap<string, TwinOperation>> {
	const all = await list<TwinOperation>(session, TWIN_OPERATION, namespace);
	return new Map(
		(all ?? []).map((it) => [
			`${it.metadata?.namespace}/${it.metadata?.name}`,
			it,
		]),
	);
}
