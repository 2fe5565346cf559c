/** suspend and resume: `spec.suspend`, set by the person who runs this. */
import { TWIN_SERVICE } from "../../api/kind.ts";
import type { TwinService } from "../../api/types.ts";
import { ask, oneNamespace, type Session, serviceOf } from "../session.ts";

/** What marks an object that a GitOps tool keeps as it is in Git. */
const KEEPERS: readonly (readonly [string, string])[] = [
	["argocd.argoproj.io/tracking-id", "Argo CD"],
	["kustomize.toolkit.fluxcd.io/name", "Flux"],
	["helm.toolkit.fluxcd.io/name", "Flux"],
];

export async function suspend(
	session: Session,
	name: string,
	suspended: boolean,
): Promise<void> {
	const { terminal } = session;
	const service = await serviceOf(session, name);
	const word = suspended ? "suspended" : "resumed";
	if ((service.spec.suspend === true) === suspended) {
		terminal.out(
			`twinservice.twin-operator.dev/${name} is ${suspended ? "suspended" : "not suspended"} already: nothing to do.`,
		);
		return;
	}
	await ask(session, {
		verb: "merge",
		resource: TWIN_SERVICE,
		namespace: oneNamespace(session),
		name,
		query: { fieldManager: "kubectl-twin" },
		body: { spec: { suspend: suspended } },
	});
	terminal.out(`twinservice.twin-operator.dev/${name} ${word}`);
	const keeper = keeperOf(service);
	if (keeper)
		terminal.note(
			`${keeper} keeps this object as it is in Git, and will set spec.suspend back: change it there too.`,
		);
	if (suspended && service.spec.promotion?.policy === "Exclusive")
		terminal.note(
			"A takeover by grant is not stopped by this: an Exclusive service still moves when its region is lost.",
		);
}

function keeperOf({ metadata }: TwinService): string | undefined {
	const marks = { ...metadata?.labels, ...metadata?.annotations };
	return KEEPERS.find(([key]) => Object.hasOwn(marks, key))?.[1];
}
