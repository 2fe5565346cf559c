/** The event log: what happened when, one line each. */
import type { Clock } from "../../src/shell/port.ts";
import { at, list, text } from "../clusters/embedded/json.ts";
import type { Change } from "../clusters/embedded/store.ts";

const json = (value: unknown): string =>
	value === undefined ? "-" : JSON.stringify(value);

export class Journal {
	readonly lines: string[] = [];
	readonly #clock: Pick<Clock, "now">;

	constructor(clock: Pick<Clock, "now">) {
		this.#clock = clock;
	}

	say(who: string, what: string): void {
		const seconds = (this.#clock.now() / 1_000).toFixed(3).padStart(8);
		this.lines.push(`${seconds} ${who.padEnd(8)} ${what}`);
	}

	onRegion(region: string, { kind, type, object, before }: Change): void {
		const name = text(at(object, "metadata", "name"));
		if (kind.kind === "TwinSide") {
			const now = sideLine(object);
			if (type !== "MODIFIED" || now !== sideLine(before))
				this.say(region, `${type} TwinSide ${name} ${now}`);
			return;
		}
		const scale = at(object, "spec", "replicas");
		const scaled = scale !== at(before, "spec", "replicas");
		if (type !== "MODIFIED" || scaled)
			this.say(
				region,
				`${type} ${kind.kind} ${name}${scale === undefined ? "" : ` replicas=${scale}`}`,
			);
	}

	onHub({ kind, type, object, before }: Change): void {
		const name = text(at(object, "metadata", "name"));
		const now = statusLine(object);
		if (type !== "MODIFIED" || now !== statusLine(before))
			this.say("hub", `${type} ${kind.kind} ${name} ${now}`);
	}
}

function sideLine(side: unknown): string {
	const status = at(side, "status");
	const told = [
		"role",
		"epoch",
		"podsGoneEpoch",
		"ready",
		"desired",
		"supersedes",
	]
		.map((it) => [it, at(status, it)] as const)
		.filter(([, value]) => value !== undefined)
		.map(([it, value]) => `${it}=${value}`);
	const going = at(side, "metadata", "deletionTimestamp") ? " going" : "";
	return `${told.join(" ")} wish=${json(at(side, "spec", "wish"))} hash=${text(at(side, "spec", "hash"))}/${text(at(status, "hash"))}${going}`;
}

function statusLine(object: unknown): string {
	const status = at(object, "status");
	const conditions = list(at(status, "conditions")).map((it) => {
		const reason = text(at(it, "reason"));
		return `${text(at(it, "type"))}=${text(at(it, "status"))}(${reason})`;
	});
	const told = ["activeCluster", "epoch", "from", "to"]
		.map((it) => [it, at(status, it)] as const)
		.filter(([, value]) => value !== undefined)
		.map(([it, value]) => `${it}=${value}`);
	return [...told, ...conditions].join(" ");
}
