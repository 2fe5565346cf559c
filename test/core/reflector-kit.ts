/** A scripted API server and a Reflector over it, in virtual time. */
import { POD } from "../../src/api/kind.ts";
import type { KubeObject } from "../../src/api/object.ts";
import type {
	Answer,
	Api,
	Call,
	ListBody,
	WatchCall,
	WatchEnd,
} from "../../src/shell/port.ts";
import { Reflector, type ReflectorOptions } from "../../src/shell/reflector.ts";
import { VirtualClock } from "../clusters/embedded/clock.ts";

export const pod = (
	name: string,
	version: number,
	phase = "Running",
): KubeObject => ({
	apiVersion: "v1",
	kind: "Pod",
	metadata: {
		name,
		namespace: "ns",
		uid: `uid-${name}`,
		resourceVersion: String(version),
	},
	status: { phase },
});

export const list = (version: number, items: KubeObject[], next?: string) => ({
	kind: "ok" as const,
	status: 200,
	body: {
		metadata: {
			resourceVersion: String(version),
			...(next ? { continue: next } : {}),
		},
		items,
	},
});

export const SILENT: Answer<never> = {
	kind: "silent",
	why: "refused",
	message: "connection refused",
};

/** A server that answers lists from a script (the last one again and again) and keeps watches open for the test. */
class FakeApi implements Api {
	readonly lists: Call[] = [];
	readonly watches: { call: WatchCall; end: (how: WatchEnd) => void }[] = [];
	script: (Answer<ListBody> | undefined)[] = [];

	async request<T>(call: Call): Promise<Answer<T>> {
		this.lists.push(call);
		const answer =
			this.script.length > 1 ? this.script.shift() : this.script[0];
		return structuredClone(answer ?? list(1, [])) as Answer<T>;
	}

	watch(call: WatchCall): Promise<WatchEnd> {
		return new Promise((resolve) => {
			this.watches.push({ call, end: resolve });
			call.signal.addEventListener("abort", () => resolve({ kind: "closed" }));
		});
	}

	close(): void {}

	get last() {
		const last = this.watches.at(-1);
		if (!last) throw new Error("no watch yet");
		return last;
	}

	send(type: "ADDED" | "MODIFIED" | "DELETED", object: KubeObject): void {
		this.last.call.onEvent({ type, object });
	}

	bookmark(version: number): void {
		this.last.call.onEvent({
			type: "BOOKMARK",
			resourceVersion: String(version),
		});
	}
}

export async function scene(
	script: (Answer<ListBody> | undefined)[],
	options: Partial<ReflectorOptions<string>> = {},
) {
	const clock = new VirtualClock();
	const api = new FakeApi();
	api.script = script;
	const changes: string[] = [];
	const warnings: string[] = [];
	const reflector = new Reflector<string>({
		cluster: "north",
		api,
		clock,
		random: () => 0,
		log: { info: () => {}, warn: (_, message) => void warnings.push(message) },
		resource: POD,
		project: (raw) => (raw.status as { phase: string }).phase,
		onChange: (key, now, before) =>
			void changes.push(`${key} ${before ?? "-"} > ${now ?? "-"}`),
		...options,
	}).start();
	await clock.advance(0);
	const all = () => Object.fromEntries(reflector.entries());
	return { clock, api, reflector, changes, warnings, all };
}
