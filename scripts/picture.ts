/**
 * `npm run picture`: docs/images/dashboard.svg. A real Prometheus scrapes the
 * operator and the agents of the demo while a region is lost; then it answers
 * what each panel of the dashboard asks, and the answers are drawn where the
 * dashboard has them.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { say } from "../demo/screen.ts";
import { openStage } from "../demo/stage.ts";
import { programs } from "../test/clusters/real/binaries.ts";
import { PROMETHEUS_SERVER } from "../test/clusters/real/tool.ts";
import { dashboard } from "../test/dashboard.ts";
import { lose } from "./picture/loss.ts";
import { drawPage } from "./picture/page.ts";
import { startPrometheus } from "./picture/prometheus.ts";

const PICTURE = join(import.meta.dirname, "../docs/images/dashboard.svg");

const ends: (() => unknown)[] = [];
const close = async () => {
	for (const end of ends.splice(0).reverse()) await end();
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
	process.once(signal, async () => {
		await close();
		process.exit(130);
	});

try {
	// First: it may have to be built.
	await programs(PROMETHEUS_SERVER);
	const stage = await openStage(false);
	ends.push(() => stage.close());
	const prometheus = await startPrometheus(stage.metrics);
	ends.push(() => prometheus.stop());
	const loss = await lose(stage);
	const board = dashboard();
	const answers = await Promise.all(
		board.panels.map(async (panel) => ({
			panel,
			series: await prometheus.ask(panel, loss),
		})),
	);
	mkdirSync(dirname(PICTURE), { recursive: true });
	writeFileSync(PICTURE, drawPage(board, answers, loss));
	say(`drawn: ${PICTURE}`);
} finally {
	await close();
}
