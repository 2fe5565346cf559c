/** Several hub operators over one API server in virtual time: one of them works. */
import { describe, expect, it } from "vitest";
import { LEASE, NAMESPACE } from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { LEADER_LEASE, LEADER_TIMING } from "../../../src/core/hub/leader.ts";
import { CLOCK_ERROR } from "../../../src/core/region/grant/timing.ts";
import { Leader } from "../../../src/shell/hub/leader.ts";
import { VirtualClock } from "../../clusters/embedded/clock.ts";
import { ControlPlane } from "../../clusters/embedded/control-plane.ts";
import { seeded } from "../../clusters/embedded/seed.ts";

const SYSTEM = "twin-operator-system";
const { lossMs, periodMs, requestMs } = LEADER_TIMING;

const FORBIDDEN = {
	instead: {
		kind: "refused",
		status: 403,
		reason: "Forbidden",
		message: "leases is forbidden",
	},
} as const;

/** Some hub operators over one hub in virtual time. */
class Hall {
	readonly clock = new VirtualClock();
	readonly plane: ControlPlane;
	readonly told: string[] = [];

	constructor(seed = 1) {
		this.plane = new ControlPlane({ name: "hub", clock: this.clock, seed });
	}

	async open(): Promise<this> {
		const body = {
			apiVersion: "v1",
			kind: "Namespace",
			metadata: { name: SYSTEM },
		};
		await this.plane
			.connect("person")
			.api.request({ verb: "create", resource: NAMESPACE, body, timeoutMs: 1 });
		return this;
	}

	/** `rate`: how fast its clocks go. */
	enter(id: string, rate = 1, link = this.plane.newLink()) {
		const random = seeded(id.charCodeAt(0));
		const instant = () => {
			const ms = this.clock.now() * rate;
			return { monotonicMs: ms, bootMs: ms, wallMs: ms };
		};
		const leader = new Leader({
			api: this.plane.connect("hub", link).api,
			...{ clock: this.clock, instant, id, namespace: SYSTEM },
			random: () => random.next(),
			log: { info: () => {}, warn: () => {} },
			onLeading: () => this.told.push(`${id} leads`),
			onLost: () => this.told.push(`${id} lost`),
		});
		leader.start();
		return { leader, link };
	}

	async lease(): Promise<KubeObject["spec"]> {
		const { api } = this.plane.connect("person");
		const name = LEADER_LEASE;
		const answer = await api.request({
			...{ verb: "get", resource: LEASE, namespace: SYSTEM, name },
			timeoutMs: 1,
		} as const);
		return answer.kind === "ok" ? answer.body.spec : undefined;
	}
}

describe("two hub operators", () => {
	it("one leads, the other is ready and waits; it takes over at once from one that ends", async () => {
		const hall = await new Hall().open();
		const a = hall.enter("a");
		await hall.clock.advance(100);
		const b = hall.enter("b");
		await hall.clock.advance(60_000);
		expect(hall.told).toEqual(["a leads"]);
		expect([a, b].map((it) => it.leader.ready())).toEqual([
			undefined,
			undefined,
		]);
		expect(await hall.lease()).toMatchObject({
			holderIdentity: "a",
			leaseDurationSeconds: 11,
			leaseTransitions: 0,
		});
		const stopped = a.leader.stop();
		await hall.clock.advance(1.1 * periodMs);
		await stopped;
		expect(hall.told).toEqual(["a leads", "b leads"]);
		expect(await hall.lease()).toMatchObject({
			holderIdentity: "b",
			leaseTransitions: 1,
		});
	});

	it("one that is told to end while it stands for leader starts nothing, and gives back what it got", async () => {
		const hall = await new Hall().open();
		const link = hall.plane.newLink();
		link.latencyMs = 100;
		const a = hall.enter("a", 1, link);
		// The Lease is on its way.
		await hall.clock.advance(350);
		const stopped = a.leader.stop();
		await hall.clock.advance(1_000);
		await stopped;
		expect(hall.told).toEqual([]);
		expect(await hall.lease()).toMatchObject({ leaseTransitions: 0 });
		expect(await hall.lease()).not.toHaveProperty("holderIdentity");
	});

	it("one that is cut off stops before the other one leads, and that within 16 s", async () => {
		const hall = await new Hall().open();
		const a = hall.enter("a");
		await hall.clock.advance(100);
		hall.enter("b");
		await hall.clock.advance(20_000);
		a.link.cut();
		await hall.clock.advance(lossMs - 1);
		expect(hall.told).toEqual(["a leads", "a lost"]);
		await hall.clock.advance(16_000 - lossMs);
		expect(hall.told).toEqual(["a leads", "a lost", "b leads"]);
	});

	it("one without rights says what is missing", async () => {
		const hall = await new Hall().open();
		const link = hall.plane.newLink();
		link.intervene = () => FORBIDDEN;
		const { leader } = hall.enter("a", 1, link);
		await hall.clock.advance(5_000);
		expect(leader.ready()).toContain("leases is forbidden");
		expect(leader.leads()).toBe(false);
	});

	it("one that stands by and may not write says so before it is needed, and not any more when it may", async () => {
		const hall = await new Hall().open();
		hall.enter("a");
		await hall.clock.advance(100);
		const link = hall.plane.newLink();
		let mayWrite = false;
		link.intervene = ({ verb }) =>
			mayWrite || verb === "get" ? undefined : FORBIDDEN;
		const { leader } = hall.enter("b", 1, link);
		await hall.clock.advance(5_000);
		expect(leader.ready()).toContain("leases is forbidden");
		mayWrite = true;
		await hall.clock.advance(70_000);
		expect(leader.ready()).toBeUndefined();
		expect(hall.told).toEqual(["a leads"]);
		// It was tried, and not written.
		expect(await hall.lease()).toMatchObject({
			holderIdentity: "a",
			leaseTransitions: 0,
		});
	});

	it("never lead both, with clocks that err and requests that are lost or late", async () => {
		let takeovers = 0;
		for (let seed = 1; seed <= 40; seed++) {
			const hall = await new Hall(seed).open();
			const random = seeded(seed);
			const inside = new Map<string, ReturnType<Hall["enter"]>>();
			let born = 0;
			for (let step = 0; step < 1_200; step++) {
				for (const [id, it] of inside)
					if (hall.told.includes(`${id} lost`)) {
						void it.leader.stop();
						inside.delete(id);
					}
				while (inside.size < 3) {
					const id = String.fromCharCode(97 + born++);
					const rate = 1 + CLOCK_ERROR * (2 * random.next() - 1);
					const it = hall.enter(id, rate);
					it.link.latencyMs = 5;
					it.link.jitterMs = 50;
					it.link.intervene = () =>
						random.next() < 0.05
							? { thereMs: random.below(3 * requestMs) }
							: undefined;
					it.link.loseAnswers = 0.05;
					inside.set(id, it);
				}
				const any = [...inside.values()][random.below(3)];
				if (random.next() < 0.01)
					any?.link.up ? any.link.cut() : any?.link.mend();
				await hall.clock.advance(100);
				const leading = [...inside.values()].filter((it) => it.leader.leads());
				expect(leading.length, `seed ${seed}`).toBeLessThanOrEqual(1);
			}
			takeovers += hall.told.filter((it) => it.endsWith("leads")).length - 1;
			for (const it of inside.values()) void it.leader.stop();
			await hall.clock.advance(10_000);
		}
		expect(takeovers).toBeGreaterThan(40);
	});
});
