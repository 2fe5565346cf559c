/** Who may do what in Argo CD, by the lines of docs/argocd.md: its own program judges them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load } from "js-yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import { yaml } from "../clusters/install.ts";
import { ROOT, tool } from "./run.ts";

const KIND = "twin-operator.dev_TwinService";
const APPLICATION = "shop/twin-services";

const dir = mkdtempSync(join(tmpdir(), "twin-operator-test-"));
const file = join(dir, "policy.csv");
beforeAll(() => {
	const doc = readFileSync(join(ROOT, "docs/argocd.md"), "utf8");
	const [, lines] = /```\n((?:[pg], role:.*\n)+)```/.exec(doc) ?? [];
	if (!lines) throw new Error("docs/argocd.md has no lines for argocd-rbac-cm");
	writeFileSync(file, lines);
});
afterAll(() => rmSync(dir, { recursive: true }));

/** It wants to know a cluster, and asks it nothing: no kubeconfig of whoever runs the tests. */
const rbac = (...args: readonly string[]): Promise<string> =>
	tool("argocd", [
		...["admin", "settings", "rbac", ...args, "--policy-file", file],
		...["--kubeconfig", "/dev/null", "--server", "http://localhost"],
	]);

/** A `No` is told by the exit code too; anything else that is said throws. */
async function can(
	role: string,
	what: string,
	application = APPLICATION,
): Promise<boolean> {
	const args = [role, what, "applications", application, "--default-role", ""];
	const said = await rbac("can", ...args).catch((it: Error) => it.message);
	const [, answer] = /(?:^|:\n)(Yes|No)\n$/.exec(said) ?? [];
	if (!answer) throw new Error(said);
	return answer === "Yes";
}

/** As docs/argocd/argocd-cm.yaml defines them, in the words of a policy. */
function actions(): string[] {
	const [settings] = yaml("docs/argocd/argocd-cm.yaml") as unknown as {
		data: Record<string, string>;
	}[];
	const text = settings?.data[`resource.customizations.actions.${KIND}`] ?? "";
	const { definitions } = load(text) as { definitions: { name: string }[] };
	return definitions.map((it) => actionOf(it.name));
}

const actionOf = (name: string) => `action/${KIND.replace("_", "/")}/${name}`;

async function allowed(role: string): Promise<string[]> {
	const all = ["get", ...actions()];
	const answers = await Promise.all(all.map((it) => can(role, it)));
	return all.filter((_, nth) => answers[nth]);
}

it("are valid", async () => {
	expect(await rbac("validate")).toBe("Policy is valid.\n");
});

it("on-call may move a service in peace, and not lose data", async () => {
	const peaceful = ["switchover", "failback"].map(actionOf);
	expect(await allowed("role:on-call")).toEqual(["get", ...peaceful]);
});

it("incident-lead may fail over too", async () => {
	const all = ["switchover", "failback", "failover"].map(actionOf);
	expect(await allowed("role:incident-lead")).toEqual(["get", ...all]);
});

it("whoever has no line may nothing, and whoever reads alone no action", async () => {
	expect(await allowed("role:nobody")).toEqual([]);
	expect(await allowed("role:readonly")).toEqual(["get"]);
});

it("hold for Applications of every namespace, and for no other kind", async () => {
	const move = actionOf("switchover");
	expect(await can("role:on-call", move, "shop/team/services")).toBe(true);
	const other = "action/apps/Deployment/restart";
	expect(await can("role:on-call", other)).toBe(false);
});
