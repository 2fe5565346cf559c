/**
 * The gate's script, run by a shell against a small server. `kill` is a function
 * here that only writes down what it was told: the real one would end whatever
 * runs this test.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import {
	GATE_FILE,
	GATE_SCRIPT,
} from "../../../src/core/region/gate-script.ts";
import { until } from "../../clusters/wait.ts";

export const SECONDS = 3;
/** Instead of the script's one: on a loaded machine a yes may take longer than that to be fetched. */
const QUESTION_SECONDS = 4;
/** Where it shall not end: a loaded machine may take seconds for one round of questions. */
export const LONG_SECONDS = 60;
/** For what takes the script a moment or a few seconds. */
const PATIENT = { timeoutMs: 60_000, everyMs: 50 };

const head = (status: string, body: string) =>
	`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

/** What an agent does with a question. */
export const ANSWERS: Record<string, (socket: Socket) => void> = {
	yes: (it) => it.end(head("200 OK", "yes\n")),
	no: (it) => it.end(head("403 Forbidden", "no Standby\n")),
	silence: () => undefined,
	// Longer than the gate waits for one question.
	slow: (it) =>
		void setTimeout(
			() => it.end(head("200 OK", "yes\n")),
			(QUESTION_SECONDS + 2) * 1_000,
		).unref(),
	"other words": (it) => it.end(head("200 OK", "yes, but\n")),
	"a yes with an error": (it) => it.end(head("500 Error", "yes\n")),
	"no HTTP": (it) => it.end("\u0000\u0001yes\n"),
	"a hung-up": (it) => it.destroy(),
	"an endless page": (it) => {
		it.write("HTTP/1.1 200 OK\r\n\r\n");
		const timer = setInterval(() => it.write("yes".repeat(1_000)), 10);
		it.on("close", () => clearInterval(timer));
	},
};

class Agent {
	answer = "yes";
	asked = 0;
	port = 0;

	get url(): string {
		return `http://127.0.0.1:${this.port}/v1/gate/a/b`;
	}

	#server: Server | undefined;
	readonly #sockets = new Set<Socket>();

	async start(): Promise<this> {
		this.#server = createServer((socket) => {
			this.#sockets.add(socket);
			socket.on("error", () => undefined);
			socket.once("data", () => {
				this.asked++;
				ANSWERS[this.answer]?.(socket);
			});
		}).listen(this.port, "127.0.0.1");
		await once(this.#server, "listening");
		this.port = (this.#server.address() as { port: number }).port;
		return this;
	}

	async stop(): Promise<void> {
		for (const it of this.#sockets) it.destroy();
		const closed = this.#server && once(this.#server, "close");
		this.#server?.close();
		await closed;
		this.#server = undefined;
	}
}

/** What the image of a gate has to have, and no others. */
const TOOLS = ["sh", "wget", "timeout", "head", "sleep", "rm", "mv"];

const found = (program: string): string | undefined =>
	(process.env.PATH ?? "")
		.split(":")
		.map((it) => join(it, program))
		.find((it) => existsSync(it));

function toolPath(name: string): string {
	const path = found("busybox") ?? found(name);
	if (path === undefined) {
		throw new Error(`${name} not found on the path: install it, or busybox`);
	}
	return path;
}

export const uptime = () =>
	Math.floor(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 100);

/** What sleep and usleep an image may have; without words: busybox's. */
export interface Naps {
	/** Takes whole seconds only. */
	readonly whole?: true;
	readonly usleep?: true;
}

/** One gate, and two agents it may ask. */
export class World {
	readonly directory = mkdtempSync(join(tmpdir(), "gate-"));
	readonly file = join(this.directory, "open");
	readonly first = new Agent();
	readonly second = new Agent();
	said = "";
	naps: Naps = {};
	#gate: ChildProcess | undefined;

	/** All of `urls` are asked: of both agents, when nothing is said. */
	start(
		seconds = SECONDS,
		urls: readonly string[] = this.urls,
		form = "Kill",
	): void {
		const path = join(this.directory, "gate.sh");
		const harmless = `kill() { echo "kill $*"; }\n`;
		const script = GATE_SCRIPT.replaceAll(GATE_FILE, this.file).replace(
			"timeout 1 ",
			`timeout ${QUESTION_SECONDS} `,
		);
		writeFileSync(path, harmless + script);
		const [shell, env] = this.#shell();
		this.#gate = spawn(shell, [path], {
			env: {
				...env,
				TWIN_GATE_URLS: urls.join(" "),
				TWIN_GATE_SECONDS: String(seconds),
				TWIN_GATE_FORM: form,
			},
			stdio: ["ignore", "pipe", "inherit"],
		});
		this.#gate.once("close", (code) => {
			this.code = code ?? undefined;
		});
		this.#gate.stdout?.on("data", (it: Buffer) => {
			this.said += it.toString();
		});
	}

	/** Busybox's own tools where there is one, the machine's otherwise. */
	#shell(): [string, NodeJS.ProcessEnv] {
		const bin = join(this.directory, "bin");
		mkdirSync(bin);
		for (const it of TOOLS) symlinkSync(toolPath(it), join(bin, it));
		const odd = this.#oddNaps(bin);
		return [join(bin, "sh"), { PATH: `${odd}:${bin}` }];
	}

	/** A directory of those that are not as the machine has them. */
	#oddNaps(bin: string): string {
		const odd = join(this.directory, "odd");
		mkdirSync(odd);
		const tool = (name: string, text: string) =>
			writeFileSync(join(odd, name), `#!${join(bin, "sh")}\n${text}\n`, {
				mode: 0o755,
			});
		const sleep = `exec ${join(bin, "sleep")}`;
		if (this.naps.whole) {
			tool("sleep", `case $1 in *.*) exit 1 ;; esac\n${sleep} "$1"`);
		}
		if (this.naps.usleep) {
			tool("usleep", `: >"${this.directory}/usleep"; ${sleep} 0.05`);
		}
		return odd;
	}

	get urls(): readonly string[] {
		return [this.first, this.second].map((it) => it.url);
	}

	/** Undefined while it goes on, or not all it said was heard. */
	code: number | undefined;

	get isOpen(): boolean {
		return existsSync(this.file) && readFileSync(this.file, "utf8") !== "";
	}

	answer(it: string): void {
		this.first.answer = it;
		this.second.answer = it;
	}

	terminate(): void {
		this.#gate?.kill("SIGTERM");
	}

	open(): Promise<unknown> {
		return until("an open gate", () => this.isOpen, PATIENT);
	}

	async ended(): Promise<number | undefined> {
		await until("the gate's end", () => this.code !== undefined, PATIENT);
		return this.code;
	}

	/** Usleep was used. */
	get napped(): boolean {
		return existsSync(join(this.directory, "usleep"));
	}

	get kills(): number {
		return this.said.match(/kill -9 -1/g)?.length ?? 0;
	}

	/** It kills, and goes on killing. */
	async killing(): Promise<void> {
		const enough = this.kills + 5;
		await until("kills", () => this.kills >= enough, PATIENT);
		// A kubelet that is late shall still see the file.
		expect([this.code, this.lastYes]).toEqual([undefined, 0]);
		expect(this.isOpen).toBe(true);
	}

	/** So many more questions have been asked, to no avail. */
	async asked(times: number): Promise<void> {
		const enough = this.first.asked + times;
		await until("questions", () => this.first.asked >= enough, PATIENT);
	}

	/** A later yes has counted, three times. */
	async goesOn(): Promise<void> {
		for (let times = 0; times < 3; times++) {
			const before = this.lastYes;
			await until("a later yes", () => this.lastYes > before, PATIENT);
		}
		expect(this.code).toBeUndefined();
	}

	get lastYes(): number {
		return this.isOpen ? Number(readFileSync(this.file, "utf8")) : 0;
	}

	async stop(): Promise<void> {
		this.#gate?.kill("SIGKILL");
		await Promise.all([this.first.stop(), this.second.stop()]);
		// Questions that are still under way may write there.
		rmSync(this.directory, { recursive: true, force: true, maxRetries: 20 });
	}
}

/** Tests wait more than they work: they run beside each other, each in a world of its own. */
export const inWorld = (run: (world: World) => Promise<void>) => async () => {
	const world = new World();
	try {
		await Promise.all([world.first.start(), world.second.start()]);
		await run(world);
	} finally {
		await world.stop();
	}
};
