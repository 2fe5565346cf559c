/**
 * The rights that the chart gives are enough for a service's whole life, and
 * each that it needs is missed: with one less, the operator says which.
 */
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { MANIFEST_KINDS } from "../../../src/api/kind.ts";
import type { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { CHART, type Rule, read } from "../../core/chart-files.ts";
import type { Line } from "../line.ts";
import { REGIONS, type RegionName, twinOf } from "../service.ts";
import * as user from "../user.ts";
import { only, type Right, rightsOf, told } from "./right.ts";
import { GrantStage, web } from "./stage.ts";
import type { GrantWorld } from "./world.ts";

/** `region` is where the rules are; its twin comes from elsewhere. */
const rules = (region: RegionName, ...files: string[]): Rule[] =>
	files.flatMap(
		(file) =>
			load(
				read(`${CHART}/files/rules/${file}.yaml`)
					.replaceAll(/\bTWIN\b|\bONE\b/g, twinOf(region))
					.replaceAll(/\bREGION\b|\bOTHER\b/g, region),
			) as Rule[],
	);

interface Account {
	readonly who: string;
	/** In the same order for each region. */
	rights(region: RegionName): Right[];
	/** What it uses them on in, or for, each region. */
	lines(world: GrantWorld, region: RegionName): readonly Line[];
	plane(world: GrantWorld, region: RegionName): ControlPlane;
}

const agentLines =
	(to: "own" | "peer" | "hub") =>
	({ ways }: GrantWorld, region: RegionName): readonly Line[] =>
		ways[region].map((it) => it[to]);

const ACCOUNTS: readonly Account[] = [
	{
		who: "the hub, at home",
		rights: (it) => rightsOf(rules(it, "hub"), rules(it, "hub-namespace")),
		lines: ({ lines }) => [lines.hub],
		plane: ({ hub }) => hub,
	},
	{
		who: "the hub, in a region",
		rights: (it) =>
			rightsOf(rules(it, "placing", "trying"), rules(it, "placing-namespace")),
		lines: ({ lines }, it) => [lines[it]],
		plane: ({ regions }, it) => regions[it],
	},
	{
		who: "the agent, at home",
		rights: (it) =>
			rightsOf(
				rules(it, "carrying-out", "agent"),
				rules(it, "agent-namespace"),
			),
		lines: agentLines("own"),
		plane: ({ regions }, it) => regions[it],
	},
	{
		who: "the agent, at its twin",
		rights: (it) =>
			rightsOf(rules(twinOf(it), "twin"), rules(twinOf(it), "twin-namespace")),
		lines: agentLines("peer"),
		plane: ({ regions }, it) => regions[twinOf(it)],
	},
	{
		who: "the agent, at the hub",
		rights: (it) => rightsOf([], rules(it, "witness-namespace")),
		lines: agentLines("hub"),
		plane: ({ hub }) => hub,
	},
];

/** As far as it comes: nothing waits for what a missing right prevents. */
async function wholeLife(stage: GrantStage, see: () => void): Promise<void> {
	const { world } = stage;
	const pass = async (seconds: number) => {
		await stage.pass(seconds);
		see();
	};
	world.start();
	await pass(30);
	for (const it of ["web", "web-nightly"]) world.dropped.add(it);
	user.change(world, "web", { workload: "StatefulSet", rich: false });
	user.change(world, "kept", { extra: false });
	await pass(15);
	world.lose("north");
	await pass(40);
	world.bringBack("north");
	await pass(30);
	user.move(world, "web", { type: "Switchover", to: "north" });
	await pass(30);
	for (const it of ["web", "kept"]) user.remove(world, it);
	await pass(30);
}

const SERVICES = [
	{ ...web, rich: true, extra: true },
	{ ...web, name: "kept", rich: true, extra: true, deletionPolicy: "Orphan" },
] as const;

interface Lived {
	/** By objects and logs. */
	readonly said: string;
	readonly violations: readonly string[];
	/** `WHO NTH` of the rights that let something pass. */
	readonly used: ReadonlySet<string>;
}

/** `without`: the nth right of one account is missing from the start, in both regions. */
async function lived(without?: {
	account: Account;
	nth: number;
}): Promise<Lived> {
	const stage = new GrantStage({ services: SERVICES });
	const { world } = stage;
	const said = new Set<string>();
	const used = new Set<string>();
	for (const account of ACCOUNTS)
		for (const region of REGIONS) {
			const all = account.rights(region);
			const given = all.filter(
				(_, nth) => account !== without?.account || nth !== without.nth,
			);
			const trouble = only(given, account.plane(world, region), (right) => {
				used.add(`${account.who} ${all.indexOf(right)}`);
			});
			for (const it of account.lines(world, region)) it.trouble(trouble);
		}
	await wholeLife(stage, () => {
		for (const { store } of [world.hub, ...Object.values(world.regions)])
			for (const it of store.all())
				said.add(JSON.stringify(it.status ?? it.message ?? ""));
	});
	for (const line of world.journal.lines) said.add(line);
	const violations = stage.end();
	const plainly = [...said].join("\n").replaceAll('\\"', '"');
	return { said: plainly, violations, used };
}

/** Rights that this life has no use for, and where they are used for real. */
const ELSEWHERE: Readonly<Record<string, string>> = {
	"get twinservices": "operations of a service that is gone: test/core/hub",
	clusterprofiles: "test/cluster/credential-forms.test.ts",
	"leases twin-operator-hub": "test/cluster/helm.test.ts, the election",
	"the hub, at home create leases": "the same",
	customresourcedefinitions: "agent: None and Managed",
	"twinsides/finalizers":
		"an admission plugin asks for it, which few switch on",
	"serviceaccounts/token": "test/cluster/renewal.test.ts",
	"secrets twin-kubeconfig": "the same",
	"secrets witness-kubeconfig": "the same",
	"delete jobs": "test/sim/seeds.test.ts",
};

const nameOf = ({ verb, resource, name }: Right): string =>
	[verb, resource, ...(name === undefined ? [] : [name])].join(" ");

const rightsAt = (account: Account) =>
	account.rights("north").map((right, nth) => ({
		right,
		nth,
		id: `${account.who} ${nth}`,
		words: `${account.who} ${nameOf(right)}`,
	}));

const kinds = new Set<string>(MANIFEST_KINDS.map((it) => it.plural));
const whole = await lived();

it("a whole life needs no right that is not given", () => {
	expect(whole.said).not.toMatch(/ cannot \w+ resource/);
	expect(whole.violations).toEqual([]);
});

it("no right is given that nothing needs", () => {
	const open = ACCOUNTS.flatMap(rightsAt)
		.filter(({ id }) => !whole.used.has(id))
		// Every kind of manifest is worked on by the same calls.
		.filter(
			({ right }) => right.name !== undefined || !kinds.has(right.resource),
		)
		.map(({ words }) => words)
		.filter((it) => !Object.keys(ELSEWHERE).some((part) => it.includes(part)));
	expect(open).toEqual([]);
});

describe("with one right less, it is named, and nothing is harmed", () => {
	it.each(ACCOUNTS)(
		"$who",
		async (account) => {
			const faults: string[] = [];
			for (const { right, nth, id, words } of rightsAt(account)) {
				if (!whole.used.has(id)) continue;
				const { said, violations } = await lived({ account, nth });
				if (!said.includes(told(right))) faults.push(`${words}: silence`);
				faults.push(...violations.map((it) => `${words}: ${it}`));
			}
			expect(faults).toEqual([]);
		},
		180_000,
	);
});
