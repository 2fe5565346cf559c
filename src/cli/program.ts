/** The commands, their flags and their help. */
import { Command, InvalidArgumentError, Option } from "commander";
import { PROFILES } from "../core/profile.ts";
import { check } from "./command/check.ts";
import { type ForceOptions, force } from "./command/force.ts";
import type { MoveKind } from "./command/move.ts";
import { type MovesOptions, moves } from "./command/moves.ts";
import { type RegisterOptions, register } from "./command/register.ts";
import {
	type RestoreOptions,
	restoreHub,
	restoreRegion,
} from "./command/restore.ts";
import { clusters, explain, history, status } from "./command/show.ts";
import { suspend } from "./command/suspend.ts";
import { completionScript, SERVICE_ARGUMENT } from "./completion.ts";
import type { Flags, Session } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export interface Surroundings {
	readonly terminal: Terminal;
	readonly version: string;
	readonly connect: (flags: Flags) => Session;
}

type Given = Omit<MovesOptions, "timeoutSeconds"> & {
	readonly timeout: number;
};

/** Parsing throws a CommanderError after it has told the fault; commands throw a CliFault. */
export function programOf(around: Surroundings): Command {
	const program = new Command("kubectl-twin")
		.usage("[command]")
		.description(
			"What is active where, why, and what to do next; and moves of TwinServices between their two regions.",
		)
		.version(around.version, "--version")
		.exitOverride()
		.showSuggestionAfterError()
		.configureHelp({ showGlobalOptions: true, sortSubcommands: false })
		.configureOutput({
			writeOut: (text) => around.terminal.out(text.trimEnd()),
			writeErr: (text) => around.terminal.note(text.trimEnd()),
		})
		.option("-n, --namespace <name>", "namespace; the context's by default")
		.option("-A, --all-namespaces", "all namespaces")
		.option("-o, --output <form>", "json, yaml, wide or name")
		.option(
			"--context <name>",
			"context of the kubeconfig: the hub's; for force, and when the hub is gone, the surviving region's",
		)
		.option(
			"--kubeconfig <path>",
			"kubeconfig; KUBECONFIG or ~/.kube/config by default",
		)
		.option(
			"--operator-namespace <name>",
			"the operator's own namespace",
			"twin-operator-system",
		);
	program.addHelpText(
		"after",
		`
Examples:
  kubectl twin status -A                         everything, what needs a look first
  kubectl twin explain web -n shop               why it is there, and what a loss would do
  kubectl twin switchover web -n shop            to the other region, nothing lost
  kubectl twin switchover --from north -A        all that are active in north
  kubectl twin failover web -n shop --to south   although its region is silent
  kubectl twin status --context south            a region by itself, when the hub is gone`,
	);
	const run =
		<T extends unknown[]>(
			action: (session: Session, ...given: T) => Promise<void>,
		) =>
		async (...given: unknown[]): Promise<void> => {
			// Commander appends the options and the command itself.
			const own = given.slice(0, -2) as T;
			const session = around.connect(program.opts<Flags>());
			await action(session, ...own);
		};
	const runWith =
		<O>(
			action: (session: Session, name: string, options: O) => Promise<void>,
		) =>
		async (name: string, { timeout, ...options }: { timeout: number }) =>
			action(around.connect(program.opts<Flags>()), name, {
				...options,
				timeoutSeconds: timeout,
			} as O);

	program
		.command("status")
		.argument("[name]", SERVICE_ARGUMENT)
		.description(
			"hub, regions and services, and what to do next; in a region: its sides and grants",
		)
		.action(run(status));
	program
		.command("explain")
		.argument("<name>", SERVICE_ARGUMENT)
		.description(
			"why it is where it is, what a loss would do now, what it lacks, the next step",
		)
		.action(run(explain));
	program
		.command("history")
		.argument("<name>", SERVICE_ARGUMENT)
		.description("its moves with the seconds of each stage")
		.action(run(history));
	program
		.command("clusters")
		.description("the regions, and what is wrong with them")
		.action(run(clusters));
	program
		.command("check")
		.description(
			"looks the installation over: CRDs, operator, latency, regions, redundancy",
		)
		.action(run(check));
	const moving = (kind: MoveKind, description: string): Command =>
		program
			.command(kind)
			.argument("[name...]", SERVICE_ARGUMENT)
			.description(description)
			.option(
				"--from <region>",
				"all that are active in this region, instead of names; with -A in all namespaces",
			)
			.option("--no-wait", "do not wait for the end")
			.addOption(timeout(600))
			.action(
				async (
					names: readonly string[],
					{ timeout: timeoutSeconds, ...options }: Given,
				) =>
					moves(around.connect(program.opts<Flags>()), kind, names, {
						...options,
						timeoutSeconds,
					}),
			);
	const to = [
		"--to <region>",
		"where to; the standby region by default",
	] as const;
	moving(
		"switchover",
		"planned move: the old side stops before the new one starts, nothing is lost",
	).option(...to);
	moving(
		"failover",
		"move although the active region is silent: may lose data; asks first",
	)
		.option(...to)
		.option("-y, --yes", "do not ask");
	moving("failback", "switchover to the preferred region");
	program
		.command("suspend")
		.argument("<name>", SERVICE_ARGUMENT)
		.description("no syncing, no repair, no wishes for this service")
		.action(run((session, name: string) => suspend(session, name, true)));
	program
		.command("resume")
		.argument("<name>", SERVICE_ARGUMENT)
		.description("ends suspend")
		.action(run((session, name: string) => suspend(session, name, false)));
	program
		.command("register")
		.argument("<name>", "name of the new region")
		.description(
			"makes a region known: account and rights there, Secret and TwinCluster on the hub",
		)
		.requiredOption(
			"--kubeconfig-of <context>",
			"context of an administrator of the region",
		)
		.addOption(
			new Option(
				"--agent <form>",
				"None: the hub does the work; Managed: the hub installs an agent there; External: somebody else does",
			)
				.choices(["None", "Managed", "External"])
				.default("None"),
		)
		.option("--failure-domain <site>", "the region's site")
		.option(
			"--server <url>",
			"the region's address as the hub reaches it; the context's by default",
		)
		.addOption(timeout(120))
		.action(runWith<RegisterOptions>(register));
	program
		.command("force")
		.argument("<region>", "the lost region, which surely does not run any more")
		.description(
			"hub and twin are lost for certain: the surviving region takes over; run against that region (--context)",
		)
		.option("-y, --yes", "do not ask")
		.addOption(timeout(180))
		.action(runWith<ForceOptions>(force));
	restoring(
		program
			.command("restore-region")
			.argument("<region>", "the restored region")
			.description(
				"after a region's etcd was restored from a backup, before anything reaches it: makes it new",
			),
	)
		.option("--twin <context>", "context of the twin, which sees renewals too")
		.action(runWith<RestoreOptions>(restoreRegion));
	restoring(
		program
			.command("restore-hub")
			.description(
				"after the hub's etcd was restored from a backup, before anything reaches it: clears its grants",
			),
	).action(async (options: RestoreOptions) =>
		restoreHub(around.connect(program.opts<Flags>()), options),
	);
	program
		.command("completion")
		.argument("<shell>", "bash, zsh or fish")
		.description(
			"prints a completion script; kubectl itself completes through kubectl_complete-twin",
		)
		.action((shell: string) => around.terminal.out(completionScript(shell)));
	return program;
}

/** Seconds, or as kubectl writes them: 90s, 5m, 1h. */
const timeout = (seconds: number): Option =>
	new Option("--timeout <time>", "how long to wait, such as 90s or 5m")
		.default(seconds, `${seconds}s`)
		.argParser((text) => {
			const [, count, unit = "s"] = /^(\d+)([smh])?$/.exec(text) ?? [];
			if (count === undefined)
				throw new InvalidArgumentError("Give a time such as 90s, 5m or 1h.");
			return Number(count) * ({ s: 1, m: 60, h: 3_600 }[unit] ?? 1);
		});

const restoring = (command: Command): Command =>
	command
		.addOption(
			new Option("--profile <name>", "the installation's profile")
				.choices(Object.keys(PROFILES))
				.default("Patient"),
		)
		.option("-y, --yes", "do not ask");
