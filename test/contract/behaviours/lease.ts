/** The compare-and-swap that grants stand on (the protocol, "Objects"), and the election of a hub. */
import { expect, it } from "vitest";
import { LEASE } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import {
	bodyOf,
	initialLeadership,
	LEADER_LEASE,
} from "../../../src/core/hub/leader.ts";
import {
	parse as parseOffers,
	print,
	WINDOW,
} from "../../../src/core/region/grant/handover.ts";
import {
	type Lease,
	parseLease,
	swapOf,
} from "../../../src/core/region/grant/lease.ts";
import {
	ask,
	create,
	done,
	MANAGER,
	refusal,
	type Subject,
	space,
} from "../subject.ts";

const query = { fieldManager: MANAGER };

export function leases(subject: () => Subject): void {
	const lease = (holder: string, renewTime: string): KubeObject => ({
		apiVersion: "coordination.k8s.io/v1",
		kind: "Lease",
		metadata: { name: "agent" },
		spec: { holderIdentity: holder, renewTime, leaseTransitions: 0 },
	});

	it("keeps a Lease's time to the microsecond", async () => {
		const { api } = subject();
		const made = await create(
			api,
			LEASE,
			await space(api),
			lease("a", "2030-01-01T00:00:00.000001Z"),
		);
		expect(made.spec).toEqual({
			holderIdentity: "a",
			renewTime: "2030-01-01T00:00:00.000001Z",
			leaseTransitions: 0,
		});
	});

	it("lets one of two writers of a Lease win: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await create(
			api,
			LEASE,
			namespace,
			lease("a", "2030-01-01T00:00:00.000001Z"),
		);
		const { uid, resourceVersion } = metadata;
		const renew = (holderIdentity: string) =>
			({
				verb: "merge",
				namespace,
				name: "agent",
				query,
				body: {
					metadata: { uid, resourceVersion },
					spec: { holderIdentity, renewTime: "2030-01-01T00:00:10.000001Z" },
				},
			}) as const;
		const answers = await Promise.all([
			ask(api, LEASE, renew("b")),
			ask(api, LEASE, renew("c")),
		]);
		expect(answers.map((it) => it.kind).sort()).toEqual(["ok", "refused"]);
		expect(await refusal(api, LEASE, renew("d"))).toBe("409 Conflict");
		expect(
			(await done(api, LEASE, { verb: "get", namespace, name: "agent" }))
				.metadata.uid,
		).toBe(uid);
	});

	it("answers a write that is only tried, and writes nothing", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const made = await create(api, LEASE, namespace, lease("a", FIRST));
		const dryRun = { ...query, dryRun: "All" };
		const call = {
			verb: "merge",
			namespace,
			name: "agent",
			query: dryRun,
		} as const;
		expect((await done(api, LEASE, { ...call, body: {} })).metadata.uid).toBe(
			made.metadata.uid,
		);
		const missing = { ...call, name: "missing", body: {} };
		expect(await refusal(api, LEASE, missing)).toBe("404 NotFound");
		const read = { verb: "get", namespace, name: "agent" } as const;
		expect((await done(api, LEASE, read)).metadata.resourceVersion).toBe(
			made.metadata.resourceVersion,
		);
	});

	it("refuses a swap from a Lease that was made anew meanwhile: 409 Conflict", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const old = await create(api, LEASE, namespace, lease("a", FIRST));
		await done(api, LEASE, { verb: "delete", namespace, name: "agent" });
		await create(api, LEASE, namespace, lease("a", FIRST));
		expect(await refusal(api, LEASE, swap(namespace, old, SECOND))).toBe(
			"409 Conflict",
		);
	});

	it("answers a swap of a Lease that is not there with 404, and makes none", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const old = await create(api, LEASE, namespace, lease("a", FIRST));
		await done(api, LEASE, { verb: "delete", namespace, name: "agent" });
		const call = swap(namespace, old, SECOND);
		expect(await refusal(api, LEASE, call)).toBe("404 NotFound");
		const read = { verb: "get", namespace, name: "agent" } as const;
		expect(await refusal(api, LEASE, read)).toBe("404 NotFound");
	});

	it("writes a swap with another renewTime as a new version, and one with the same as none", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const made = await create(api, LEASE, namespace, lease("a", FIRST));
		const after = await done(api, LEASE, swap(namespace, made, SECOND));
		expect(after.metadata.uid).toBe(made.metadata.uid);
		expect(after.metadata.resourceVersion).not.toBe(
			made.metadata.resourceVersion,
		);
		const again = await done(api, LEASE, swap(namespace, after, SECOND));
		expect(again.metadata.resourceVersion).toBe(after.metadata.resourceVersion);
	});

	it("keeps, adds and removes annotations of a Lease in one swap", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const made = await create(api, LEASE, namespace, lease("a", FIRST));
		const full = await done(api, LEASE, {
			...swap(namespace, made, SECOND),
			body: swapOf(
				parse(made),
				{ process: "one", handover: "{}", ready: true },
				SECOND,
			),
		});
		expect(full.metadata.annotations).toEqual({
			"twin-operator.dev/process": "one",
			"twin-operator.dev/handover": "{}",
			"twin-operator.dev/ready": "true",
		});
		const taken = await done(api, LEASE, {
			...swap(namespace, full, FIRST),
			body: swapOf(parse(full), { holder: "b", ready: false }, FIRST),
		});
		expect(taken.metadata.annotations).toEqual({
			"twin-operator.dev/process": "one",
			"twin-operator.dev/handover": "{}",
		});
		expect(taken.spec).toEqual({
			holderIdentity: "b",
			renewTime: FIRST,
			leaseTransitions: 1,
		});
	});

	it("lets a leader give its Lease back, from the version that it wrote alone", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const leader = initialLeadership("a", {
			...{ monotonicMs: 0, bootMs: 0, wallMs: 0 },
		});
		const made = await create(
			api,
			LEASE,
			namespace,
			bodyOf(leader, { kind: "create" }, namespace, FIRST) as KubeObject,
		);
		const given = { kind: "swap", from: parse(made), holder: "" } as const;
		const giving = {
			...swap(namespace, made, SECOND),
			name: LEADER_LEASE,
			body: bodyOf(leader, given, namespace, SECOND),
		};
		const after = await done(api, LEASE, giving);
		expect(after.spec).toEqual({
			acquireTime: FIRST,
			renewTime: SECOND,
			leaseDurationSeconds: 11,
			leaseTransitions: 0,
		});
		expect(await refusal(api, LEASE, giving)).toBe("409 Conflict");
	});

	it("bears the largest window of offers that a renewal carries", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const made = await create(api, LEASE, namespace, lease("a", FIRST));
		const uid = "00000000-0000-4000-8000-000000000000";
		const entries = Array.from({ length: WINDOW }, (_, nth) => ({
			key: `${"n".repeat(63)}/${"s".repeat(250)}${nth}`,
			tier: 1,
			side: `${uid}/9007199254740991`,
			from: uid,
		}));
		const handover = print(entries);
		const after = await done(api, LEASE, {
			...swap(namespace, made, SECOND),
			body: swapOf(parse(made), { handover }, SECOND),
		});
		expect(parseOffers(parse(after).handover).size).toBe(WINDOW);
	});
}

const FIRST = "2030-01-01T00:00:00.000001Z";
const SECOND = "2030-01-01T00:00:00.000002Z";

function parse(object: KubeObject): Lease {
	const found = parseLease(object);
	if (!found) throw new Error("it is no Lease");
	return found;
}

const swap = (namespace: string, from: KubeObject, renewTime: string) =>
	({
		verb: "merge",
		namespace,
		name: "agent",
		query,
		body: swapOf(parse(from), {}, renewTime),
	}) as const;
