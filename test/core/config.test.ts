import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig, usage } from "../../src/config.ts";

const faults = (line: string, env: Record<string, string> = {}) => {
	const parsed = parseConfig(line.split(" ").filter(Boolean), env);
	return "faults" in parsed ? parsed.faults : [];
};

describe("parseConfig", () => {
	it("has a default for everything that may have one", () => {
		expect(parseConfig(["hub", "--kubeconfig", "/k"], {})).toEqual({
			config: {
				command: "hub",
				leaderElect: false,
				own: { kubeconfig: "/k" },
				namespace: "twin-operator-system",
				installation: "default",
				profile: "Standard",
				httpPort: 8080,
				logLevel: "info",
			},
		});
	});

	it("takes flags before variables, and variables before defaults", () => {
		const parsed = parseConfig(
			["agent", "--region=north", "--profile", "Fast", "--http-port", "0"],
			{
				TWIN_OPERATOR_PROFILE: "Patient",
				TWIN_OPERATOR_LOG_LEVEL: "warn",
				TWIN_OPERATOR_NAMESPACE: "",
				KUBERNETES_SERVICE_HOST: "10.0.0.1",
				KUBERNETES_SERVICE_PORT: "6443",
			},
		);
		expect(parsed).toEqual({
			config: {
				command: "agent",
				region: "north",
				own: { host: "10.0.0.1", port: "6443" },
				namespace: "twin-operator-system",
				installation: "default",
				profile: "Fast",
				httpPort: 0,
				logLevel: "warn",
			},
		});
	});

	it("takes a witness for a hub alone, and only with the twin for an agent", () => {
		const parsed = parseConfig(
			["hub", "--kubeconfig=/k", "--witness-kubeconfig=/w"],
			{},
		);
		expect(parsed).toMatchObject({ config: { witnessKubeconfig: "/w" } });
		expect(
			faults("agent --region=north --kubeconfig=/k --witness-kubeconfig=/w"),
		).toHaveLength(2);
	});

	it("is frozen", () => {
		const parsed = parseConfig(["hub", "--kubeconfig", "/k"], {});
		expect(Object.isFrozen("config" in parsed && parsed.config)).toBe(true);
	});

	it.each([
		["help", "help"],
		["--help", "help"],
		["hub -h", "help"],
		["version", "version"],
	])("needs nothing for %s", (line, command) => {
		expect(parseConfig(line.split(" "), {})).toEqual({ config: { command } });
	});

	it.each<[string, string]>([
		["--kubeconfig /k", "no command: give one of hub, agent"],
		["hup --kubeconfig /k", 'there is no command "hup": give'],
		["hub agent --kubeconfig /k", '"agent" is too much'],
		["hub --kubeconfig /k --colour", 'there is no flag "--colour": see'],
		["hub --kubeconfig /k --__proto__=x", 'there is no flag "--__proto__"'],
		["hub", "--kubeconfig is missing"],
		["hub --kubeconfig", "--kubeconfig has no value: give --kubeconfig PATH"],
		["hub --kubeconfig /k --profile slow", '--profile is "slow": give one of'],
		["hub --kubeconfig /k --profile constructor", "--profile is"],
		["hub --kubeconfig /k --http-port 70000", '--http-port is "70000": give'],
		["hub --kubeconfig /k --http-port -1", "--http-port has no value"],
		["hub --kubeconfig /k --http-port=-1", '--http-port is "-1"'],
		["hub --kubeconfig /k --http-port 80x", '--http-port is "80x"'],
		["hub --kubeconfig /k --namespace A_B", '--namespace is "A_B": give'],
		["hub --kubeconfig /k --log-level loud", '--log-level is "loud"'],
		["hub --kubeconfig /k --region north", "--region is for the agent"],
		["hub --kubeconfig /k --kubeconfig /l", "more than once"],
		["hub --kubeconfig /k --gate-port 1", "--gate-port is for the agent"],
		["agent --kubeconfig /k", "--region is missing"],
		["agent --kubeconfig /k --region NORTH", '--region is "NORTH"'],
	])("refuses `%s`", (line, words) => {
		const said = faults(line);
		expect(said.join("\n")).toContain(words);
		expect(said).toHaveLength(1);
	});

	const agent = "agent --kubeconfig /k --region north";
	const image = `busybox@sha256:${"0".repeat(64)}`;
	it("takes the gate's settings together", () => {
		const line = `${agent} --gate-image ${image} --gate-addresses 10.0.0.1:80,http://[fd00::1]:8900/`;
		expect(parseConfig(line.split(" "), {})).toMatchObject({
			config: {
				gate: {
					image,
					agents: ["http://10.0.0.1:80", "http://[fd00::1]:8900"],
					port: 8900,
				},
			},
		});
	});

	const whole = `--gate-image ${image} --gate-addresses`;
	it.each<[string, string]>([
		[`--gate-image ${image}`, "--gate-addresses is missing"],
		["--gate-addresses 10.0.0.1:80", "--gate-image is missing"],
		["--gate-image busybox:1 --gate-addresses 10.0.0.1:80", "its digest"],
		[`${whole} agent.apps:80`, "no names, which need DNS"],
		[`${whole} https://10.0.0.1:80`, '--gate-addresses is "https'],
		[`${whole} 10.0.0.1`, '--gate-addresses is "10.0.0.1"'],
		[`${whole} 10.0.0.1:0`, "--gate-addresses is"],
		[`${whole} 10.0.0.300:80`, "--gate-addresses is"],
		[`${whole} fd00::1:80`, "--gate-addresses is"],
		[`${whole} 10.0.0.1:80,10.0.0.1:80`, "different IP:PORT"],
		[`${whole} 10.0.0.1:80,`, "--gate-addresses is"],
		[`${whole} 10.0.0.1:80 --gate-port 0`, '--gate-port is "0"'],
	])("refuses an agent with `%s`", (line, words) => {
		const said = faults(`${agent} ${line}`);
		expect(said.join("\n")).toContain(words);
		expect(said).toHaveLength(1);
	});

	const hub = "hub --kubeconfig /k";
	it("takes what a hub installs agents with together", () => {
		const line = `${hub} --agent-image r.example/o:1 --agent-server https://hub:6443/ --gate-image ${image}`;
		expect(parseConfig(line.split(" "), {})).toMatchObject({
			config: {
				agents: {
					image: "r.example/o:1",
					gateImage: image,
					server: "https://hub:6443",
				},
			},
		});
	});

	it.each<[string, string[]]>([
		[
			"--agent-image o:1",
			["--agent-server is missing", "--gate-image is missing"],
		],
		[
			`--agent-image o:1 --agent-server http://h --gate-image ${image}`,
			['--agent-server is "http://h": give https://HOST:PORT'],
		],
		[
			`--agent-image -x --agent-server https://a:b@h --gate-image ${image}`,
			["--agent-image has no value", '--agent-server is "https://a:b@h"'],
		],
	])("refuses a hub with `%s`", (line, words) => {
		const said = faults(`${hub} ${line}`);
		expect(said).toHaveLength(words.length);
		for (const [at, it] of words.entries()) expect(said[at]).toContain(it);
	});

	it("names the variable when that is wrong", () => {
		expect(
			faults("agent --kubeconfig /k", { TWIN_OPERATOR_REGION: "N" }),
		).toEqual([expect.stringContaining('TWIN_OPERATOR_REGION is "N": give')]);
	});

	it("reports all faults at once", () => {
		expect(
			faults("agent --profile x --http-port y --bad --log-level z"),
		).toHaveLength(6);
	});

	it("never throws", () => {
		fc.assert(
			fc.property(fc.array(fc.string()), (argv) => {
				const parsed = parseConfig(argv, {});
				expect("faults" in parsed || "config" in parsed).toBe(true);
			}),
			{ seed: 7 },
		);
	});

	it("explains every flag", () => {
		for (const flag of ["kubeconfig", "namespace", "http-port", "region"])
			expect(usage()).toContain(`--${flag} `);
	});
});
