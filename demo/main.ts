/**
 * The demo: one service, two regions, one fire. Everything shown is read from
 * the objects that a user would read; nothing is staged. Ends with exit code 1
 * when anything that was announced does not happen.
 */

import { burn, failBack, place, returnHome } from "./acts.ts";
import { readOptions } from "./options.ts";
import { elapsed, heading, say } from "./screen.ts";
import { openStage, type Stage } from "./stage.ts";
import { farewell, summary } from "./summary.ts";

const options = readOptions(process.argv.slice(2));
if (options) process.exitCode = await play(options);

async function play(options: {
	readonly real: boolean;
	readonly keep: boolean;
}): Promise<number> {
	heading("twin-operator: a service that outlives its region");
	let stage: Stage | undefined;
	const interrupted = async () => {
		await stage?.close();
		process.exit(130);
	};
	process.once("SIGINT", interrupted);
	process.once("SIGTERM", interrupted);
	try {
		stage = await openStage(options.real);
		const results = [
			await place(stage),
			await burn(stage),
			await returnHome(stage),
			await failBack(stage),
		];
		summary(results);
		if (options.keep) await farewell(stage);
		return 0;
	} catch (error) {
		heading("the demo failed");
		say(error instanceof Error ? error.message : String(error));
		for (const [who, lines] of logs(stage))
			for (const line of lines.slice(-10))
				console.log(`           ${who}: ${line}`);
		return 1;
	} finally {
		await stage?.close();
		say(`done after ${elapsed().toFixed(0)} s`);
	}
}

function logs(stage: Stage | undefined): [string, readonly string[]][] {
	if (!stage) return [];
	const { north, south } = stage.regions;
	return [
		["hub", stage.operator.lines],
		["agent in north", north.log()],
		["agent in south", south.log()],
	];
}
