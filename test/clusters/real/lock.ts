import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { startOf } from "./sweep.ts";

/** Runs `work` while no other process does. The lock of a dead process is taken over. */
export async function withLock<T>(
	path: string,
	say: (line: string) => void,
	work: () => Promise<T>,
): Promise<T> {
	const mine = `${process.pid} ${startOf(process.pid)}`;
	for (let turn = 0; !take(path, mine); turn++) {
		const holder = holderOf(path);
		if (holder !== undefined && !lives(holder)) {
			rmSync(path, { force: true });
			continue;
		}
		if (turn % 30 === 0) {
			say(`waiting for process ${holder?.split(" ")[0]}, which is at it too`);
		}
		await sleep(1_000);
	}
	try {
		return await work();
	} finally {
		rmSync(path, { force: true });
	}
}

function take(path: string, mine: string): boolean {
	try {
		writeFileSync(path, mine, { flag: "wx" });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	}
}

function holderOf(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}

function lives(holder: string): boolean {
	// Empty: taken this moment, and not yet written.
	if (holder === "") return true;
	const [pid, started] = holder.split(" ");
	return startOf(Number(pid)) === started;
}
