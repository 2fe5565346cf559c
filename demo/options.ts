import { parseArgs } from "node:util";

export interface Options {
	readonly real: boolean;
	readonly keep: boolean;
}

const HELP = `npm run demo [-- --real] [-- --keep]

  --real   on three real Kubernetes control planes (etcd, kube-apiserver,
           kube-controller-manager, kube-scheduler; pods by kwok) instead of
           the embedded ones
  --keep   leave everything running at the end, and print how to play with it`;

/** Undefined when there is nothing to run: the help was asked for. */
export function readOptions(argv: readonly string[]): Options | undefined {
	const { values } = parseArgs({
		args: [...argv],
		options: {
			real: { type: "boolean", default: false },
			keep: { type: "boolean", default: false },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (!values.help) return { real: values.real, keep: values.keep };
	console.log(HELP);
	return undefined;
}
