/**
 * docs/first-service.md, command by command, as a newcomer types it. What is of
 * kind and Docker is done by the harness: its clusters, and a node that runs the
 * chart's pods as processes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	closeRun,
	type RealCluster,
	startCluster,
} from "../clusters/real/cluster.ts";
import { prepareHelm } from "../clusters/real/helm.ts";
import { mountFault } from "../clusters/real/process/container.ts";
import {
	type ProcessNode,
	startProcessNode,
} from "../clusters/real/process/node.ts";
import { until } from "../clusters/wait.ts";
import { type Person, personWith } from "./command.ts";
import type { Region } from "./world.ts";

const DOCUMENT = join(import.meta.dirname, "../../docs/first-service.md");
/** What the harness has done instead. */
const OF_KIND = [
	/^for it in hub north south; do kind /,
	/^kubectl config rename-context kind-/,
	/^docker build /,
	/^kind load /,
	/^npm ci && npm pack && npm install --global /,
];
const fault = mountFault();

/** The commands below each numbered title; a here document belongs to its command. */
function sections(): [title: string, commands: readonly string[]][] {
	const [, ...parts] = readFileSync(DOCUMENT, "utf8").split(/^## \d\. /m);
	return parts.map((part) => {
		const blocks = [...part.matchAll(/^```\n([\s\S]*?)^```$/gm)];
		const commands = blocks.flatMap(
			([, block]) => block?.match(/.*<<END\n[\s\S]*?^END$|.+/gm) ?? [],
		);
		return [part.split("\n")[0] ?? "", commands];
	});
}

/** What the document promises of a command, beside that it succeeds. */
const PROMISED: readonly (readonly [command: RegExp, output: RegExp])[] = [
	[/ --context north .* get pods .*# two/, /(^web-.*\n){2}$/m],
	[/ --context south .* get pods .*# none/, /^No resources found/m],
	[/ switchover web /, /web is active in south/],
	[/ failback web /, /web is active in north/],
	[/ history web /, /Failover +north +south/],
	[/ explain web /, /shop\/web is active in south/],
];

describe.skipIf(fault !== undefined)("a first service", () => {
	let clusters: Record<"hub" | Region, RealCluster>;
	let node: ProcessNode;
	let person: Person;

	beforeAll(async () => {
		const [hub, north, south] = await Promise.all([
			startCluster({ name: "hub", kwok: false }),
			startCluster({ name: "north" }),
			startCluster({ name: "south" }),
			prepareHelm(),
		]);
		clusters = { hub, north, south };
		node = await startProcessNode(hub);
		person = personWith([hub, north, south], "default");
	});
	afterAll(async () => {
		clusters?.north.resume();
		await node?.stop();
		await Promise.all(Object.values(clusters ?? {}).map((it) => it.stop()));
		await closeRun();
	});

	const told = async (command: string): Promise<string> => {
		const { code, out, err } = await person.shell(command);
		expect(code, `${command}\n${out}${err}`).toBe(0);
		return out + err;
	};

	async function type(command: string): Promise<void> {
		if (OF_KIND.some((it) => it.test(command))) return;
		const [, verb, region] =
			/^docker (pause|unpause) (north|south)-control-plane/.exec(command) ?? [];
		if (verb === "pause") return clusters[region as Region].pause();
		if (verb === "unpause") return clusters[region as Region].resume();
		const [, watched] = /^watch (.*)/.exec(command) ?? [];
		if (watched) {
			await until(`${watched} to show it in south`, async () =>
				/^web +south +north +True/m.test(await told(watched)),
			);
			return;
		}
		const said = await told(
			command.replace(
				/https:\/\/(north|south)-control-plane:6443/,
				(_, name: Region) => clusters[name].url,
			),
		);
		for (const [of, output] of PROMISED)
			if (of.test(command)) expect(said, command).toMatch(output);
	}

	it.each(sections())("%s", { timeout: 240_000 }, async (_, commands) => {
		expect(commands.length).toBeGreaterThan(0);
		for (const it of commands) await type(it);
	});
});
