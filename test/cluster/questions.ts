/**
 * Asks the agents of both regions, again and again, what a gate would ask them:
 * whether the pods of a service may run at this moment. What was answered, and
 * when, is the proof that two regions never ran it at one time.
 */
import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Region } from "./world.ts";

export interface Question {
	readonly region: Region;
	readonly sentMs: number;
	readonly receivedMs: number;
	/** `silent`: nobody answered, so a gate would go on counting. */
	readonly answer: "yes" | "no" | "silent";
}

export interface Questions {
	/** In the order in which they were sent. */
	all(): readonly Question[];
	/** Those sent from a moment of `performance.now()` on. */
	since(ms: number, region?: Region): readonly Question[];
	stop(): void;
}

const EVERY_MS = 50;
const TIMEOUT_MS = 1_000;

/** `urls`: of the service's answers, by region: one for each replica of its agent, as a gate has them. */
export function startQuestions(
	urls: Readonly<Record<Region, readonly string[]>>,
): Questions {
	const asked: Question[] = [];
	const agent = new Agent({ keepAlive: true });
	let stopped = false;
	const askOn = async (region: Region) => {
		while (!stopped) {
			const sentMs = performance.now();
			const answers = await Promise.all(
				urls[region].map((it) => askOnce(it, agent)),
			);
			// A gate believes whoever says yes.
			const answer =
				(["yes", "no"] as const).find((it) => answers.includes(it)) ?? "silent";
			asked.push({ region, sentMs, receivedMs: performance.now(), answer });
			await sleep(EVERY_MS);
		}
	};
	void askOn("north");
	void askOn("south");
	const all = () => asked.toSorted((a, b) => a.sentMs - b.sentMs);
	return {
		all,
		since: (ms, region) =>
			all().filter(
				(it) => it.sentMs >= ms && (region ?? it.region) === it.region,
			),
		stop: () => {
			stopped = true;
			agent.destroy();
		},
	};
}

function askOnce(url: string, agent: Agent): Promise<Question["answer"]> {
	return new Promise((resolve) => {
		const signal = AbortSignal.timeout(TIMEOUT_MS);
		const outgoing = get(url, { agent, signal }, (incoming) => {
			incoming.on("error", () => resolve("silent"));
			incoming.on("end", () =>
				resolve(incoming.statusCode === 200 ? "yes" : "no"),
			);
			incoming.resume();
		});
		outgoing.on("error", () => resolve("silent"));
	});
}

/**
 * Each time that the yes went from one region to the other: the pods of the old
 * one, which run for F after their last yes at most, must have ended before.
 * `apartMs` is the longest that it may have been: an answer was given some
 * time between the sending of its question and its arrival.
 */
export function passages(asked: readonly Question[]) {
	const yes = asked.filter((it) => it.answer === "yes");
	return yes.flatMap((to, nth) => {
		const from = yes[nth - 1];
		return from && from.region !== to.region
			? [
					{
						from: from.region,
						to: to.region,
						apartMs: to.receivedMs - from.sentMs,
					},
				]
			: [];
	});
}
