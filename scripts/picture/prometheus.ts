/** A Prometheus of its own: it scrapes every second, and answers what a panel asks. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { follow } from "../../test/clusters/operator.ts";
import { programs } from "../../test/clusters/real/binaries.ts";
import { freePort } from "../../test/clusters/real/port.ts";
import { PROMETHEUS_SERVER } from "../../test/clusters/real/tool.ts";
import { until } from "../../test/clusters/wait.ts";
import type { Panel } from "../../test/dashboard.ts";

/** In seconds since 1970, as Prometheus counts. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

export interface Series {
	readonly labels: Readonly<Record<string, string>>;
	readonly legend: string;
	/** Time and value; one alone for a panel that shows now. */
	readonly points: readonly (readonly [number, number])[];
}

export interface Prometheus {
	ask(panel: Panel, span: Span): Promise<readonly Series[]>;
	stop(): Promise<void>;
}

const STEP_SECONDS = 1;

export async function startPrometheus(
	targets: readonly string[],
): Promise<Prometheus> {
	const program = (await programs(PROMETHEUS_SERVER)).get("prometheus");
	const dir = mkdtempSync(join(tmpdir(), "twin-operator-picture-"));
	const config = join(dir, "prometheus.json");
	// JSON is YAML. honor_labels: as docs/operations.md asks for.
	writeFileSync(
		config,
		JSON.stringify({
			global: { scrape_interval: `${STEP_SECONDS}s`, scrape_timeout: "1s" },
			scrape_configs: [
				{
					job_name: "twin-operator",
					honor_labels: true,
					static_configs: [{ targets }],
				},
			],
		}),
	);
	const address = `127.0.0.1:${await freePort()}`;
	const server = follow(
		spawn(
			program ?? "prometheus",
			[
				`--config.file=${config}`,
				`--storage.tsdb.path=${join(dir, "data")}`,
				`--web.listen-address=${address}`,
			],
			{ stdio: ["ignore", "pipe", "pipe"] },
		),
	);
	const get = async (path: string, query: Record<string, string> = {}) => {
		const url = `http://${address}${path}?${new URLSearchParams(query)}`;
		const answer = await fetch(url);
		if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`);
		return answer;
	};
	const stop = async () => {
		await server.stop();
		rmSync(dir, { recursive: true, force: true });
	};
	try {
		await Promise.race([
			until("Prometheus to be ready", () => get("/-/ready")),
			server.ended.then(() => {
				throw new Error(server.lines.slice(-5).join("\n"));
			}),
		]);
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		stop,
		async ask(panel, { from, to }) {
			const all = panel.targets.map(async ({ expr, instant, legendFormat }) => {
				const query = expr.replaceAll("$__range", `${Math.round(to - from)}s`);
				const answer = instant
					? await get("/api/v1/query", { query, time: String(to) })
					: await get("/api/v1/query_range", {
							query,
							start: String(from),
							end: String(to),
							step: String(STEP_SECONDS),
						});
				const { data } = (await answer.json()) as { data: Data };
				return data.result.map((it) => seriesOf(it, legendFormat));
			});
			return (await Promise.all(all))
				.flat()
				.sort((a, b) => a.legend.localeCompare(b.legend));
		},
	};
}

type Point = readonly [number, string];
interface Found {
	readonly metric: Readonly<Record<string, string>>;
	readonly value?: Point;
	readonly values?: readonly Point[];
}
interface Data {
	readonly result: readonly Found[];
}

function seriesOf(found: Found, format = ""): Series {
	const points = found.values ?? (found.value ? [found.value] : []);
	return {
		labels: found.metric,
		legend: format.replace(
			/\{\{(\w+)\}\}/g,
			(_, label: string) => found.metric[label] ?? "",
		),
		points: points
			.map(([at, value]) => [at, Number(value)] as const)
			// A quantile of nothing.
			.filter(([, value]) => !Number.isNaN(value)),
	};
}
