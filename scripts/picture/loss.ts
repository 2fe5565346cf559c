/** What the picture is taken of: four services, and the loss of the region that three of them are active in. */
import { setTimeout as sleep } from "node:timers/promises";
import { burn, place } from "../../demo/acts.ts";
import { apply, waitFor } from "../../demo/kube.ts";
import { say } from "../../demo/screen.ts";
import type { Stage } from "../../demo/stage.ts";
import { NAMESPACE, TWIN_SERVICE } from "../../src/api/kind.ts";
import type { TwinService } from "../../src/api/types.ts";
import { yaml } from "../../test/clusters/install.ts";
import type { Span } from "./prometheus.ts";

export interface Loss extends Span {
	readonly region: string;
	readonly lostAt: number;
}

/** Beside that of the examples, and like it but for this. */
const MORE = [
	{ namespace: "bank", name: "ledger", policy: "Exclusive", home: "south" },
	{ namespace: "news", name: "pages", policy: "Exclusive", home: "north" },
	// It waits for a person.
	{ namespace: "maps", name: "tiles", policy: "Manual", home: "north" },
];
/** Where the example's service starts. */
const region = "north";
/** Until what the services' beginnings leave behind is over. */
const SETTLE_SECONDS = 20;
const BEFORE_SECONDS = 45;
const AFTER_SECONDS = 45;
const PATIENCE_SECONDS = 60;

const now = () => Date.now() / 1_000;

export async function lose(stage: Stage): Promise<Loss> {
	await place(stage);
	for (const it of MORE) await addService(stage, it);
	say(`calm, for ${SETTLE_SECONDS + BEFORE_SECONDS} s`);
	await sleep(SETTLE_SECONDS * 1_000);
	const from = now();
	await sleep(BEFORE_SECONDS * 1_000);
	const lostAt = now();
	await burn(stage);
	say(`the loss, for ${AFTER_SECONDS} s more`);
	await sleep(AFTER_SECONDS * 1_000);
	return { region, from, lostAt, to: now() };
}

async function addService(
	{ api }: Stage,
	{ namespace, name, policy, home }: (typeof MORE)[number],
): Promise<void> {
	const example = yaml("examples/service.yaml").find(
		(it): it is TwinService => it.kind === "TwinService",
	);
	if (!example) throw new Error("examples/service.yaml has no TwinService");
	const { spec, ...head } = example;
	const clusters = spec.clusters.toSorted(
		(a, b) => Number(b.name === home) - Number(a.name === home),
	);
	await apply(api, NAMESPACE, {
		apiVersion: "v1",
		kind: "Namespace",
		metadata: { name: namespace },
	});
	await apply(api, TWIN_SERVICE, {
		...head,
		metadata: { namespace, name },
		spec: {
			...spec,
			clusters,
			promotion: { ...spec.promotion, policy },
		},
	} as TwinService);
	await waitFor<TwinService>(
		api,
		{ resource: TWIN_SERVICE, namespace, name },
		`${namespace}/${name} is redundant`,
		PATIENCE_SECONDS,
		(it) =>
			it.status?.conditions?.some(
				(c) => c.type === "Redundant" && c.status === "True",
			) ?? false,
	);
}
