import { describe, expect, it } from "vitest";
import {
	isFinishedPod,
	isUnfinishedJob,
} from "../../../src/core/region/podsgone.ts";

const object = (kind: string, status: object, deleted = false) => ({
	apiVersion: "v1",
	kind,
	metadata: deleted ? { deletionTimestamp: "2030-01-01T00:00:00Z" } : {},
	status,
});

describe("a pod", () => {
	it.each([
		["Pending", false],
		["Running", false],
		["Unknown", false],
		["Succeeded", true],
		["Failed", true],
	])("%s is finished: %s", (phase, finished) => {
		expect(isFinishedPod(object("Pod", { phase }))).toBe(finished);
	});

	it("counts while it is being deleted: it still runs", () => {
		const pod = object("Pod", { phase: "Running" }, true);
		expect(isFinishedPod(pod)).toBe(false);
	});
});

describe("a Job is still to be stopped", () => {
	const condition = (type: string, status: string) => ({
		conditions: [{ type, status }],
	});
	it.each([
		["new", {}, false, true],
		["running", { active: 1 }, false, true],
		["suspended", condition("Suspended", "True"), false, true],
		["not failed", condition("Failed", "False"), false, true],
		["complete", condition("Complete", "True"), false, false],
		["failed", condition("Failed", "True"), false, false],
		["going", {}, true, false],
	])("%s", (_, status, deleted, unfinished) => {
		expect(isUnfinishedJob(object("Job", status, deleted))).toBe(unfinished);
	});
});
