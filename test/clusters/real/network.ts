/**
 * Clusters in network namespaces of their own, joined by a router namespace:
 *
 *   host -- router -- hub
 *             |  \--- south
 *             north
 *
 * Links are cut in the router by routing rules, so that nothing but iproute2
 * is needed, traffic is dropped on its way and not refused at its sender, and
 * each direction can be cut alone. The host's own link stands for the test
 * itself, which keeps its sight of every cluster while links are cut.
 */
import { execFileSync } from "node:child_process";
import { RUN_PREFIX } from "./sweep.ts";

export interface Network {
	/** The address of the test's own process. */
	readonly host: string;
	/** Makes a namespace with an address of its own. */
	join(name: string): Site;
	/** A subnet for the pods of that site's node; they are reached from everywhere, and cut off with it. */
	routePods(name: string): string;
	/** Packets between the two are lost (`drop`) or answered with "unreachable" (`reject`). */
	cut(a: string, b: string, how?: "drop" | "reject"): void;
	/** Only packets from `a` to `b` are lost. */
	cutOneWay(from: string, to: string, how?: "drop" | "reject"): void;
	heal(a: string, b: string): void;
	healAll(): void;
}

export interface Site {
	readonly address: string;
	/** Put before a command, runs it inside the namespace. */
	readonly enter: readonly string[];
}

/** The name under which the test's own process is cut off. */
export const HOST = "host";

export function networkFault(): string | undefined {
	if (process.platform !== "linux") return "network namespaces need Linux";
	if (process.getuid?.() !== 0) return "network namespaces need root";
	try {
		ip("netns");
	} catch {
		return "network namespaces need the ip command (package iproute2)";
	}
	return undefined;
}

export function createNetwork(run: string): Network {
	const fault = networkFault();
	if (fault) throw new Error(fault);
	const tag = run.slice(RUN_PREFIX.length);
	const router = `two-${tag}-router`;
	const subnet = freeSubnet();
	const sites = new Map<string, string>();
	const pods = new Map<string, string>();
	ip("netns", "add", router);
	enter(router, "sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
	enter(router, "ip", "link", "set", "lo", "up");

	/** Joins the router and another namespace; without one, the host. */
	function link(name: string, namespace?: string): string {
		const at = sites.size * 4;
		if (at >= FIRST_POD) throw new Error(`no address left for ${name}`);
		const [near, far] = [`${subnet}.${at + 1}`, `${subnet}.${at + 2}`];
		const [a, b] = [`r${sites.size}`, namespace ? "uplink" : `two-${tag}`];
		const place = namespace ? ["netns", namespace] : [];
		const pair = ["type", "veth", "peer", "name", b, ...place];
		ip("-n", router, "link", "add", a, ...pair);
		if (!namespace)
			ip("-n", router, "link", "set", b, "netns", `${process.pid}`);
		ip("-n", router, "address", "add", `${near}/30`, "dev", a);
		ip("-n", router, "link", "set", a, "up");
		const inside = namespace ? ["-n", namespace] : [];
		ip(...inside, "address", "add", `${far}/30`, "dev", b);
		ip(...inside, "link", "set", b, "up");
		const reach = namespace ? "default" : `${subnet}.0/24`;
		ip(...inside, "route", "add", reach, "via", near);
		sites.set(name, far);
		return far;
	}

	const host = link(HOST);

	function rule(verb: "add" | "delete", from: string, to: string, how: string) {
		const [a, b] = [addressesOf(from), addressesOf(to)];
		const kind = how === "drop" ? "blackhole" : "unreachable";
		for (const source of a) {
			for (const target of b) {
				const pair = ["from", source, "to", target];
				ip("-n", router, "rule", verb, ...pair, kind);
			}
		}
	}
	function addressesOf(name: string): string[] {
		const [own, subnet] = [sites.get(name), pods.get(name)];
		if (!own) throw new Error(`no site ${name}`);
		return subnet ? [own, subnet] : [own];
	}
	const cuts = new Map<string, [string, string, string]>();
	function cutOneWay(from: string, to: string, how = "drop") {
		mend(from, to);
		rule("add", from, to, how);
		cuts.set(`${from} ${to}`, [from, to, how]);
	}
	function mend(from: string, to: string) {
		const cut = cuts.get(`${from} ${to}`);
		if (!cut) return;
		rule("delete", ...cut);
		cuts.delete(`${from} ${to}`);
	}

	return {
		host,
		routePods(name) {
			const known = pods.get(name);
			if (known) return known;
			const [own] = addressesOf(name);
			const first = FIRST_POD * (pods.size + 1);
			if (first > 255) throw new Error(`no addresses left for ${name}'s pods`);
			const range = `${subnet}.${first}/26`;
			ip("-n", router, "route", "add", range, "via", own ?? "");
			pods.set(name, range);
			return range;
		},
		join(name) {
			const namespace = `two-${tag}-${name}`;
			const enter = ["nsenter", `--net=/run/netns/${namespace}`];
			// A cluster that was stopped may be followed by another of its name.
			const known = sites.get(name);
			if (known) return { address: known, enter };
			ip("netns", "add", namespace);
			ip("-n", namespace, "link", "set", "lo", "up");
			return { address: link(name, namespace), enter };
		},
		cut(a, b, how) {
			cutOneWay(a, b, how);
			cutOneWay(b, a, how);
		},
		cutOneWay,
		heal(a, b) {
			mend(a, b);
			mend(b, a);
		},
		healAll() {
			for (const [from, to] of [...cuts.values()]) mend(from, to);
		},
	};
}

/** Below it in the subnet: sites, four addresses each; from it on: pods, 64 of each site. */
const FIRST_POD = 64;

/** Of the range set aside for measuring network devices, which no real network uses. */
function freeSubnet(): string {
	const routes = ip("route", "show");
	for (;;) {
		const [high, low] = [18 + Math.round(Math.random()), byte()];
		const subnet = `198.${high}.${low}`;
		if (!routes.includes(`${subnet}.`)) return subnet;
	}
}

function byte(): number {
	return Math.floor(Math.random() * 256);
}

function enter(namespace: string, ...command: string[]): void {
	ip("netns", "exec", namespace, ...command);
}

function ip(...args: string[]): string {
	try {
		return execFileSync("ip", args, { encoding: "utf8", stdio: "pipe" });
	} catch (error) {
		const { stderr } = error as { stderr?: string };
		throw new Error(`ip ${args.join(" ")}: ${stderr || error}`);
	}
}
