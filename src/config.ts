import { parseArgs } from "node:util";
import { anything, type Flag, label, oneOf, port } from "./config/flag.ts";
import {
	GATE_FLAGS,
	type GateConfig,
	gateFaults,
	gateOf,
} from "./config/gate.ts";
import {
	GRANT_FLAGS,
	type GrantConfig,
	grantFaults,
	grantOf,
	RENEWAL_FLAGS,
} from "./config/grant.ts";
import { HUB_FLAGS, type HubConfig, hubFaults, hubOf } from "./config/hub.ts";
import { PROFILES, type ProfileName } from "./core/profile.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** How this process finds its own cluster: a file, or the pod's service account. */
export type Own =
	| { readonly kubeconfig: string }
	| { readonly host: string; readonly port: string };

interface Common {
	readonly own: Own;
	/** The operator's own, on the hub and in the regions. */
	readonly namespace: string;
	readonly installation: string;
	readonly profile: ProfileName;
	/** 0: no server. */
	readonly httpPort: number;
	readonly logLevel: LogLevel;
}

export type Config =
	| ({ readonly command: "hub" } & HubConfig & Common)
	| ({
			readonly command: "agent";
			readonly region: string;
			/** Undefined: nothing is gated. */
			readonly gate?: GateConfig;
			/** Undefined: it holds no grants. */
			readonly grant?: GrantConfig;
	  } & Common)
	| { readonly command: "version" }
	| { readonly command: "help" };

/** All faults at once: who corrects one must not find the next only then. */
export type Parsed =
	| { readonly config: Config }
	| { readonly faults: readonly string[] };

type Env = Readonly<Record<string, string | undefined>>;

const FLAGS = {
	kubeconfig: {
		value: "PATH",
		help: "kubeconfig of the cluster this process belongs to; without it, the pod's service account",
		check: anything,
	},
	namespace: {
		value: "NAME",
		default: "twin-operator-system",
		help: "the operator's own namespace, on the hub and in the regions",
		check: label,
	},
	installation: {
		value: "NAME",
		default: "default",
		help: "name of this installation, kept when a hub is rebuilt",
		check: label,
	},
	profile: {
		value: "NAME",
		default: "Standard",
		help: "how soon a silent region counts as lost: Fast 11.2 s, Standard 21.4 s, Patient 62.2 s",
		check: oneOf(Object.keys(PROFILES)),
	},
	"http-port": {
		value: "PORT",
		default: "8080",
		help: "port of /healthz, /readyz and /metrics; 0 for none",
		check: port,
	},
	"log-level": {
		value: "LEVEL",
		default: "info",
		help: "debug, info, warn or error",
		check: oneOf(["debug", "info", "warn", "error"]),
	},
	...HUB_FLAGS,
	region: {
		value: "NAME",
		help: "the agent's region: metadata.name of its TwinCluster",
		only: "agent",
		required: true,
		check: label,
	},
	...GRANT_FLAGS,
	...RENEWAL_FLAGS,
	...GATE_FLAGS,
} as const satisfies Record<string, Flag>;

type FlagName = keyof typeof FLAGS;
const NAMES = Object.keys(FLAGS) as FlagName[];

const envOf = (name: FlagName): string =>
	`TWIN_OPERATOR_${name.toUpperCase().replaceAll("-", "_")}`;

/** `argv` without the program's own name. An empty variable counts as absent. */
export function parseConfig(argv: readonly string[], env: Env): Parsed {
	const { words, given, faults } = readArgs(argv);
	const [command, ...more] = words;
	if (command === "help" || given.has("help"))
		return { config: Object.freeze({ command: "help" }) };
	if (command !== "hub" && command !== "agent" && command !== "version")
		faults.push(
			command === undefined
				? "no command: give one of hub, agent, version, help"
				: `there is no command ${quote(command)}: give one of hub, agent, version, help`,
		);
	for (const word of more)
		faults.push(
			`${quote(word)} is too much: give one command, and values behind their flags`,
		);
	if (command === "version" && faults.length === 0)
		return { config: Object.freeze({ command }) };

	const values = new Map<FlagName, string>();
	for (const name of NAMES) {
		const value = settingOf(name, given, env, faults);
		if (value !== undefined) values.set(name, value);
	}
	for (const name of NAMES) {
		const { only }: Flag = FLAGS[name];
		if (only && command && only !== command && given.has(name))
			faults.push(`--${name} is for the ${only}: leave it out`);
	}
	if (command === "agent" && !given.has("region") && !env[envOf("region")])
		faults.push(
			`--region is missing: give the name of the agent's TwinCluster (or set ${envOf("region")})`,
		);
	const isGiven = (it: FlagName): boolean =>
		given.has(it) || Boolean(env[envOf(it)]);
	if (command === "agent")
		faults.push(...grantFaults(isGiven), ...gateFaults(isGiven));
	if (command === "hub") faults.push(...hubFaults(isGiven));
	const own = ownOf(values.get("kubeconfig"), env);
	if (!own && !given.has("kubeconfig"))
		faults.push(
			"--kubeconfig is missing, and this is no pod (KUBERNETES_SERVICE_HOST is not set): give the path of a kubeconfig",
		);
	if (faults.length > 0 || !own) return { faults };
	const common: Common = {
		own,
		namespace: values.get("namespace") as string,
		installation: values.get("installation") as string,
		profile: values.get("profile") as ProfileName,
		httpPort: Number(values.get("http-port")),
		logLevel: values.get("log-level") as LogLevel,
	};
	const region = values.get("region");
	return {
		config: Object.freeze(
			command === "agent" && region !== undefined
				? {
						command,
						region,
						...gateOf(values),
						...grantOf(values),
						...common,
					}
				: { command: "hub", ...hubOf(values), ...common },
		),
	};
}

interface Args {
	readonly words: string[];
	/** `undefined`: a flag without its value. */
	readonly given: Map<string, string | undefined>;
	readonly faults: string[];
}

function readArgs(argv: readonly string[]): Args {
	const { tokens } = parseArgs({
		args: [...argv],
		options: Object.fromEntries(
			NAMES.map((name) => [name, { type: "string" as const }]),
		),
		strict: false,
		tokens: true,
	});
	const words: string[] = [];
	const given = new Map<string, string | undefined>();
	const faults: string[] = [];
	for (const token of tokens) {
		if (token.kind === "positional") words.push(token.value);
		if (token.kind !== "option") continue;
		const { name, rawName, value } = token;
		if (name === "help" || rawName === "-h") given.set("help", "");
		else if (!Object.hasOwn(FLAGS, name))
			faults.push(
				`there is no flag ${quote(rawName)}: see "twin-operator help"`,
			);
		else if (given.has(name))
			faults.push(`--${name} is given more than once: leave one of them`);
		// A forgotten value would swallow the next flag.
		else if (value?.startsWith("-") && !token.inlineValue)
			given.set(name, undefined);
		else given.set(name, value);
	}
	return { words, given, faults };
}

function settingOf(
	name: FlagName,
	given: Args["given"],
	env: Env,
	faults: string[],
): string | undefined {
	const flag: Flag = FLAGS[name];
	const fromEnv = env[envOf(name)] || undefined;
	const text = given.has(name) ? given.get(name) : fromEnv;
	if (text === undefined) {
		if (!given.has(name)) return flag.default;
		faults.push(`--${name} has no value: give --${name} ${flag.value}`);
		return undefined;
	}
	const expected = flag.check(text);
	if (expected === undefined) return text;
	const where = given.has(name) ? `--${name}` : envOf(name);
	faults.push(`${where} is ${quote(text)}: give ${expected}`);
	return undefined;
}

function ownOf(kubeconfig: string | undefined, env: Env): Own | undefined {
	if (kubeconfig !== undefined) return Object.freeze({ kubeconfig });
	// Set by kubelet in every pod.
	const host = env.KUBERNETES_SERVICE_HOST;
	if (!host) return undefined;
	return Object.freeze({ host, port: env.KUBERNETES_SERVICE_PORT || "443" });
}

const quote = (text: string): string => JSON.stringify(text.slice(0, 100));

/** What `twin-operator help` prints. */
export function usage(): string {
	const lines = NAMES.map((name) => {
		const flag: Flag = FLAGS[name];
		const notes = [
			...(flag.only ? [`${flag.only} only`] : []),
			...(flag.required ? ["required"] : []),
			...(flag.default === undefined ? [] : [`default ${flag.default}`]),
		];
		const note = notes.length > 0 ? ` (${notes.join("; ")})` : "";
		return `  --${name} ${flag.value}`.padEnd(24) + flag.help + note;
	});
	return [
		"Keeps services alive in two regions.",
		"",
		"  twin-operator hub [flags]                    run the hub operator",
		"  twin-operator agent --region NAME [flags]    run the agent of one region",
		"  twin-operator version",
		"  twin-operator help",
		"  twin-operator status, explain, …             what kubectl twin has: twin-operator status --help",
		"",
		...lines,
		"",
		`Each flag can be set by a variable too: ${envOf("http-port")} for --http-port.`,
		"",
	].join("\n");
}
