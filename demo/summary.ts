import { join } from "node:path";
import { type Result, WHERE } from "./acts.ts";
import { command, heading, say, table } from "./screen.ts";
import { REGIONS, type Stage } from "./stage.ts";

export function summary(results: readonly Result[]): void {
	heading("What happened");
	table([
		["SECONDS", "STAGE"],
		...results.map((it) => [it.seconds?.toFixed(1) ?? "?", it.what]),
	]);
	console.log(`
           Try next:
             npm run demo -- --real     the same on real control planes
             npm run demo -- --keep     leaves them up, to play with kubectl and kubectl twin
             docs/promotion.md          what is promised, and what is not
             README.md                  install it on your own clusters`);
}

/** Leaves everything up, says how to use it, and waits for Ctrl-C. */
export async function farewell(stage: Stage): Promise<void> {
	heading("Left running, until Ctrl-C");
	// They end with this process.
	const { dir, metrics } = stage;
	for (const name of ["hub", ...REGIONS])
		say(`${name.padEnd(5)} ${join(dir, `${name}.kubeconfig`)}`);
	// For who has no kubectl: what `kubectl twin` is, from this checkout.
	const twin = `npm run -s twin -- --kubeconfig ${join(dir, "hub.kubeconfig")} -n ${WHERE.namespace}`;
	command(`${twin} status`);
	command(`${twin} explain ${WHERE.name}`);
	command(`${twin} switchover ${WHERE.name}`);
	const hub = `kubectl --kubeconfig ${join(dir, "hub.kubeconfig")}`;
	command(`${hub} get tws -A -o wide`);
	command(`${hub} -n ${WHERE.namespace} describe tws ${WHERE.name}`);
	command(`${hub} apply -f examples/switchover.yaml`);
	command(`${hub} -n twin-operator-system get leases`);
	for (const it of metrics) command(`curl http://${it}/metrics`);
	const south = `kubectl --kubeconfig ${join(dir, "south.kubeconfig")}`;
	command(`${south} -n ${WHERE.namespace} get twinsides,deployments,pods`);
	// The interrupt handler of main.ts takes everything down.
	await new Promise(() => setInterval(() => {}, 60_000));
}
