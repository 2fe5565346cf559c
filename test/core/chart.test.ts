/** What the chart and the manifests for kubectl must have in common with the code. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { MANIFEST_KINDS } from "../../src/api/kind.ts";
import { LEADER_LEASE } from "../../src/core/hub/leader.ts";
import {
	ALL_RULES,
	CHART,
	manifests,
	ROOT,
	read,
	role,
	rulesOf,
} from "./chart-files.ts";

describe("the chart", () => {
	it("has the CRDs of crds/, byte for byte (npm run generate copies them)", () => {
		const files = (dir: string) => readdirSync(join(ROOT, dir)).sort();
		expect(files(`${CHART}/files/crds`)).toEqual(files("crds"));
		for (const name of files("crds")) {
			expect(read(`${CHART}/files/crds/${name}`), name).toBe(
				read(`crds/${name}`),
			);
		}
	});

	it("has the version of package.json", () => {
		const { version } = JSON.parse(read("package.json"));
		const chart = load(read(`${CHART}/Chart.yaml`));
		expect(chart).toMatchObject({ version, appVersion: version });
	});

	it("has a schema for every value, and no value that the schema forgets", () => {
		type Schema = {
			properties?: Record<string, Schema>;
			additionalProperties?: unknown;
		};
		const faults: string[] = [];
		const compare = (value: unknown, schema: Schema, path: string) => {
			if (!schema.properties) return;
			if (schema.additionalProperties !== false) faults.push(`${path}: open`);
			const names = Object.keys(value as object).sort();
			const known = Object.keys(schema.properties).sort();
			// Helm itself adds `global`.
			if (`${names}` !== `${known.filter((it) => it !== "global")}`)
				faults.push(`${path}: ${names} are not ${known}`);
			for (const name of names) {
				const below = schema.properties[name];
				if (below)
					compare((value as Record<string, unknown>)[name], below, name);
			}
		};
		compare(
			load(read(`${CHART}/values.yaml`)),
			JSON.parse(read(`${CHART}/values.schema.json`)),
			"values",
		);
		expect(faults).toEqual([]);
	});
});

describe("the rights", () => {
	it("cover every kind that manifests may have", () => {
		const needed = {
			"carrying-out": ["get", "list", "watch", "create", "patch", "delete"],
			trying: ["create", "patch"],
		};
		for (const [file, verbs] of Object.entries(needed)) {
			const missing = MANIFEST_KINDS.filter(
				(kind) =>
					!rulesOf(file).some(
						(rule) =>
							rule.apiGroups.includes(kind.group) &&
							rule.resources.includes(kind.plural) &&
							verbs.every((it) => rule.verbs.includes(it)),
					),
			);
			expect(
				missing.map((it) => it.plural),
				file,
			).toEqual([]);
		}
	});

	it("say in a comment what needs them; one is enough for the kinds of manifests", () => {
		const kinds = new Set<string>(MANIFEST_KINDS.map((it) => it.plural));
		for (const file of ALL_RULES) {
			const above = read(`${CHART}/files/rules/${file}.yaml`)
				.split("\n")
				.filter((_, at, lines) => lines[at + 1]?.startsWith("- apiGroups"));
			expect(above[0], file).toMatch(/^# /);
			const others = rulesOf(file).flatMap(({ resources }, at) =>
				resources.every((it) => kinds.has(it)) ? [] : [above[at]],
			);
			for (const line of others) expect(line, file).toMatch(/^# /);
		}
	});

	it("have no wildcard, and nothing that would let the operator widen them", () => {
		for (const file of ALL_RULES) {
			for (const rule of rulesOf(file)) {
				const all = [...rule.apiGroups, ...rule.resources, ...rule.verbs];
				expect(all, file).not.toContain("*");
				for (const verb of ["bind", "escalate", "impersonate"])
					expect(rule.verbs, file).not.toContain(verb);
			}
		}
	});

	it("leave the spec of what users write alone, and Secrets beyond the own namespace", () => {
		for (const rule of rulesOf("hub")) {
			expect(rule.verbs).not.toContain("update");
			expect(rule.resources).not.toContain("secrets");
		}
	});
});

describe("the manifests for kubectl (docs/install/render.sh writes them)", () => {
	it("grant what the chart grants", () => {
		expect(role("hub", "ClusterRole", "hub")).toEqual(rulesOf("hub"));
		expect(role("hub", "Role", "hub")).toEqual(rulesOf("hub-namespace"));
		expect(role("region", "ClusterRole", "access")).toEqual([
			...rulesOf("placing"),
			...rulesOf("carrying-out"),
		]);
		expect(role("region", "Role", "access")).toEqual(
			rulesOf("placing-namespace"),
		);
		for (const file of ["region-external", "region-exclusive"]) {
			expect(role(file, "ClusterRole", "agent")).toEqual([
				...rulesOf("carrying-out"),
				...rulesOf("agent"),
			]);
			expect(role(file, "Role", "agent")).toEqual(rulesOf("agent-namespace"));
			expect(role(file, "ClusterRole", "access")).toEqual([
				...rulesOf("placing"),
				...rulesOf("trying"),
			]);
		}
		expect(role("region-exclusive", "ClusterRole", "twin")).toEqual(
			rulesOf("twin"),
		);
		expect(role("region-exclusive", "Role", "twin")).toEqual(
			rulesOf("twin-namespace"),
		);
		expect(role("witness", "Role", "witness")).toEqual(
			rulesOf("witness-namespace"),
		);
		expect(role("witness", "Role", "witness-reader")).toEqual(
			rulesOf("witness-reader-namespace"),
		);
	});

	it("let nobody delete a grant, and a twin touch no Lease but its own grant", () => {
		for (const file of ALL_RULES) {
			for (const rule of rulesOf(file)) {
				if (rule.resources.includes("leases"))
					expect(rule.verbs, file).not.toContain("delete");
			}
		}
		expect(rulesOf("twin-namespace").map((it) => it.resourceNames)).toEqual([
			["grant-TWIN.REGION"],
			["twin-operator-twin"],
		]);
	});

	it("give each replica of an agent an address of its own, and tell all of them", () => {
		const all = manifests("region-exclusive");
		const services = all.filter((it) => it.kind === "Service");
		const pods = all.filter((it) => it.kind === "Deployment");
		expect(services.map((it) => it.spec.clusterIP)).toEqual([
			"ADDRESS-1",
			"ADDRESS-2",
		]);
		expect(services.map((it) => it.spec.selector)).toEqual(
			pods.map((it) => it.spec.selector.matchLabels),
		);
		for (const it of pods) {
			const [container] = it.spec.template.spec.containers;
			expect(container.args).toContain(
				"--gate-addresses=ADDRESS-1:8900,ADDRESS-2:8900",
			);
		}
	});

	it("run two hubs, one of which is elected, and let a drain take one at a time", () => {
		const all = manifests("hub");
		const specOf = (kind: string) => all.find((it) => it.kind === kind)?.spec;
		const { replicas, template } = specOf("Deployment");
		const { maxUnavailable, selector } = specOf("PodDisruptionBudget");
		expect(replicas).toBe(2);
		expect(template.spec.containers[0].args).toContain("--leader-elect=true");
		expect(maxUnavailable).toBe(1);
		for (const { key, values } of selector.matchExpressions)
			expect(values).toContain(template.metadata.labels[key]);
		const named = rulesOf("hub-namespace").flatMap((it) => it.resourceNames);
		expect(named).toContain(LEADER_LEASE);
	});

	it("run pods that the restricted Pod Security Standard lets in", () => {
		for (const file of ["hub", "region-external", "region-exclusive"]) {
			const deployment = manifests(file).find((it) => it.kind === "Deployment");
			const pod = deployment?.spec.template.spec;
			expect(pod.securityContext).toMatchObject({
				runAsNonRoot: true,
				seccompProfile: { type: "RuntimeDefault" },
			});
			for (const container of pod.containers) {
				expect(container.securityContext).toEqual({
					allowPrivilegeEscalation: false,
					readOnlyRootFilesystem: true,
					capabilities: { drop: ["ALL"] },
				});
			}
		}
	});
});
