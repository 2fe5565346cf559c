/** An Exclusive side in a region with grants. */
import { expect, it } from "vitest";
import type { KubeObject } from "../../../src/api/object.ts";
import type {
	Authority,
	Offer,
	PeerSide,
} from "../../../src/core/region/authority.ts";
import { nextStep } from "../../../src/core/region/decide.ts";
import type { GrantView } from "../../../src/core/region/exclusive/view.ts";
import type { RoleChange } from "../../../src/core/region/role.ts";
import { type SideSpec, side } from "./fixture.ts";

export const NOTHING: Authority = {
	fresh: false,
	sole: false,
	peerRenews: false,
	offers: new Map(),
};
/** Both regions are well. */
export const NORMAL: Authority = { ...NOTHING, fresh: true, peerRenews: true };

export const offers = (
	name: string,
	from: string,
): ReadonlyMap<string, Offer> => new Map([["apps/shop", { side: name, from }]]);

/** The twin's side: Standby, its pods gone, and it knows ours. */
export const twin = (
	it: Partial<Extract<PeerSide, { kind: "present" }>> = {},
): Extract<PeerSide, { kind: "present" }> => ({
	kind: "present",
	uid: "twin-uid",
	role: "Standby",
	epoch: 0,
	podsGoneEpoch: it.epoch ?? 0,
	home: "east",
	policy: "Exclusive",
	deleting: false,
	peer: "side-uid",
	...it,
});

/** As pods of an Exclusive service are rendered. */
export function gated(object: KubeObject): KubeObject {
	const spec = structuredClone(object.spec) as {
		template: { spec: Record<string, unknown> };
	};
	const gate = { name: "twin-gate", image: "gate:1", restartPolicy: "Always" };
	spec.template.spec.initContainers = [gate];
	return { ...object, spec };
}

export const grant = (it: Partial<GrantView> = {}): GrantView => ({
	authority: NORMAL,
	hint: { kind: "unknown" },
	standbyForMs: 60_000,
	goneAfterMs: 7_100,
	unprovenForMs: 0,
	fenceMs: 5_000,
	...it,
});

export const exclusive = ({ spec, ...it }: SideSpec = {}) =>
	side({ ...it, spec: { policy: "Exclusive", ...spec } });

/** What a rule answered, in one line. */
export function said(step: {
	readonly kind: string;
	readonly to?: RoleChange;
	readonly finding?: { readonly reason: string };
}): string {
	if (step.finding) return step.finding.reason;
	if (!step.to) return step.kind;
	const { role, epoch, offeredTo } = step.to;
	return `${role} ${epoch}${offeredTo === undefined ? "" : ` to ${offeredTo}`}`;
}

export type Row = [
	what: string,
	side: SideSpec,
	grant: Partial<GrantView>,
	answer: string,
];

export const table = (rows: readonly Row[]) =>
	it.each(rows)("%s", (_, spec, view, answer) => {
		expect(said(nextStep(exclusive(spec), grant(view)))).toBe(answer);
	});

export const active = (epoch = 3) => ({
	status: { role: "Active", epoch } as const,
});
export const standby = (epoch = 4, more = {}) => ({
	status: { role: "Standby", epoch, ...more } as const,
});
export const gone = { metadata: { deletionTimestamp: "2030-01-01T00:00:00Z" } };
export const taken = (it: Partial<Authority> = {}): Partial<GrantView> => ({
	authority: { ...NOTHING, taken: "lease/1", ...it },
});

export function wished(ifEpoch = 3, more: object = {}): SideSpec {
	return { ...active(), spec: { wish: { to: "west", ifEpoch, ...more } } };
}
