import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { projectCrds } from "../clusters/embedded/crds.ts";
import { applying } from "./behaviours/apply.ts";
import { applyingDeployments } from "./behaviours/apply-deployment.ts";
import { swapping } from "./behaviours/apply-swap.ts";
import { collecting } from "./behaviours/collect.ts";
import { creating } from "./behaviours/create.ts";
import { deleting } from "./behaviours/delete.ts";
import { leases } from "./behaviours/lease.ts";
import { patching } from "./behaviours/patch.ts";
import { reading } from "./behaviours/read.ts";
import { services } from "./behaviours/service.ts";
import { sides } from "./behaviours/side.ts";
import { statuses } from "./behaviours/side-status.ts";
import { watched } from "./behaviours/watch.ts";
import { workloads } from "./behaviours/workload.ts";
import { recordShapes, SHAPES } from "./shapes.ts";
import { type Subject, serve } from "./subject.ts";

/**
 * Everything the operator relies on in an API server. It is run against real
 * control planes and against the embedded one, and none may skip a line: that
 * is what keeps the stand-in true.
 */
export function contract(name: string, open: () => Promise<Subject>): void {
	describe(name, () => {
		const sent = new Set<string>();
		let opened: Subject | undefined;
		const subject = (): Subject => {
			if (!opened) throw new Error("the control plane is not there");
			return opened;
		};
		beforeAll(async () => {
			const { api, ...rest } = await open();
			opened = { ...rest, api: recordShapes(api, sent) };
			await serve(opened.api, projectCrds() as unknown as KubeObject[]);
		}, 600_000);
		afterAll(() => opened?.close(), 60_000);

		describe("create", () => creating(subject));
		describe("read", () => reading(subject));
		describe("patch", () => patching(subject));
		describe("server-side apply", () => {
			applying(subject);
			swapping(subject);
			applyingDeployments(subject);
		});
		describe("delete", () => {
			deleting(subject);
			collecting(subject);
		});
		describe("watch", () => watched(subject));
		describe("TwinSide and its kin", () => {
			sides(subject);
			statuses(subject);
			services(subject);
		});
		describe("Lease", () => leases(subject));
		describe("workloads", () => workloads(subject));

		it("has sent every shape of request that the operator may send", () => {
			expect(SHAPES.filter((it) => !sent.has(it))).toEqual([]);
		});
	});
}
