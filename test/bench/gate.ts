/**
 * How many questions of gates one core answers, over kept connections and, as
 * wget asks, with a new one each: `node test/bench/gate.ts [seconds]`. The
 * askers are another process, and the server's CPU time is what counts: on a
 * busy machine questions per second of its CPU are the figure that holds.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { serveGate } from "../../src/adapters/gate-server.ts";
import { answerGate } from "../../src/core/region/answer.ts";

const SIDES = 1_600;
const AT_ONCE = 32;

async function serve(seconds: number): Promise<void> {
	const sides = new Map(
		Array.from({ length: SIDES }, (_, at) => [
			`apps/web-${at}`,
			{ status: { role: "Active", epoch: 3 } as const },
		]),
	);
	const server = await serveGate({
		port: 0,
		host: "127.0.0.1",
		answer: (path) =>
			answerGate(path, {
				side: (key) => sides.get(key),
				remainingMs: () => 5_000 - (performance.now() % 1),
			}),
	});
	for (const mode of ["kept", "new"]) {
		const before = process.cpuUsage();
		const askers = spawn(
			process.execPath,
			[import.meta.filename, mode, String(server.port), String(seconds)],
			{ stdio: ["ignore", "pipe", "inherit"] },
		);
		let text = "";
		askers.stdout.on("data", (it: Buffer) => {
			text += it.toString();
		});
		await once(askers, "close");
		const { user, system } = process.cpuUsage(before);
		const cpuSeconds = (user + system) / 1e6;
		const { yes, other } = JSON.parse(text) as { yes: number; other: number };
		console.log(
			`${mode} connections: ${Math.round(yes / seconds)} questions/s, ${Math.round(yes / cpuSeconds)} per second of one core; ${other} without a yes`,
		);
	}
	await server.close();
}

async function ask(keepAlive: boolean, port: number, seconds: number) {
	const agent = new Agent({ keepAlive, maxSockets: AT_ONCE });
	const end = performance.now() + seconds * 1_000;
	let yes = 0;
	let other = 0;
	const one = (at: number) =>
		new Promise<void>((resolve) => {
			const path = `/v1/gate/apps/web-${at % SIDES}`;
			const request = get(
				{ host: "127.0.0.1", port, path, agent },
				(response) => {
					if (response.statusCode === 200) yes++;
					else other++;
					response.resume().on("end", resolve);
				},
			);
			request.on("error", () => {
				other++;
				resolve();
			});
		});
	await Promise.all(
		Array.from({ length: AT_ONCE }, async (_, first) => {
			for (let at = first; performance.now() < end; at += AT_ONCE)
				await one(at);
		}),
	);
	agent.destroy();
	console.log(JSON.stringify({ yes, other }));
}

const [mode = "5", port, seconds] = process.argv.slice(2);
if (port === undefined) await serve(Number(mode));
else await ask(mode === "kept", Number(port), Number(seconds));
