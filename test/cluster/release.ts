/** The chart as a release of Helm, and what its notes tell a person to do with it. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject } from "../../src/api/object.ts";
import { OPERATOR_NAMESPACE } from "../clusters/install.ts";
import type { RealCluster } from "../clusters/real/cluster.ts";
import { helm } from "../clusters/real/helm.ts";
import { until } from "../clusters/wait.ts";
import { get } from "./world.ts";

const CHART = new URL("../../charts/twin-operator", import.meta.url).pathname;
export const NAME = "twin-operator";
/** Ready, says Helm, or it fails. */
export const WAIT = ["--wait", "--timeout=90s"];
export const inside = ["--namespace", OPERATOR_NAMESPACE];

/** `helm VERB`, of this chart or of a copy. */
export const release = (
	verb: string,
	cluster: RealCluster,
	...more: string[]
) => helm(cluster, [verb, NAME, CHART, ...inside, ...more]);
export const set = (values: Record<string, unknown>) =>
	Object.entries(values).flatMap(([name, it]) => ["--set", `${name}=${it}`]);

/** As docs/install.md says: the token of the chart's own account. */
export async function reach(region: RealCluster): Promise<string> {
	const path = `/api/v1/namespaces/${OPERATOR_NAMESPACE}/secrets/twin-operator-access`;
	const { data } = await until("the token", async () => {
		const it = await get<KubeObject & { data?: Record<string, string> }>(
			region,
			path,
		);
		return it?.data?.token ? { data: it.data } : undefined;
	});
	const { name, url } = region;
	const authority = data["ca.crt"];
	const token = Buffer.from(data.token ?? "", "base64").toString();
	return JSON.stringify({
		...{ apiVersion: "v1", kind: "Config", "current-context": name },
		contexts: [{ name, context: { cluster: name, user: "hub" } }],
		clusters: [
			{
				name,
				cluster: { server: url, "certificate-authority-data": authority },
			},
		],
		users: [{ name: "hub", user: { token } }],
	});
}

/** A copy of the chart that has forgotten the rule in which a word stands. */
export function chartWithout(dir: string, file: string, word: string): string {
	const copy = join(dir, `without-${word}`);
	cpSync(CHART, copy, { recursive: true });
	const path = join(copy, "files/rules", `${file}.yaml`);
	const rules = readFileSync(path, "utf8").split(/^(?=- )/m);
	const left = rules.filter((it) => !it.includes(`[${word}`));
	if (left.length !== rules.length - 1)
		throw new Error(`${file} has not one rule with [${word}`);
	writeFileSync(path, left.join(""));
	return copy;
}

/** What the operator tried to write without the right to it. Needs `audit`. */
export const refusedWrites = (cluster: RealCluster): string[] =>
	cluster
		.auditLog()
		.filter(({ user }) => user.username.includes("serviceaccount:twin-"))
		.filter(({ responseStatus }) => responseStatus?.code === 403)
		.map(({ verb, requestURI }) => `${cluster.name}: ${verb} ${requestURI}`);

/**
 * What a hub was refused to read at home, by its own metrics: reads are in no
 * audit log. Leases and Events it may ask for before they exist.
 */
export const refusedReads = (metrics: string): string[] =>
	metrics
		.split("\n")
		.filter((it) => it.includes('_api_requests_total{cluster="hub"'))
		.filter((it) => it.includes('outcome="refused"'))
		.filter((it) => !/resource="(leases|events)"/.test(it));
