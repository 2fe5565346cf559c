/** Owns a cluster until it is killed; for the test of what is left then. */
import { basename, dirname } from "node:path";
import {
	networkFault,
	startCluster,
	startNetwork,
} from "../clusters/real/cluster.ts";

const cluster = await startCluster({
	name: "orphan",
	controllers: false,
	kwok: false,
	...(networkFault() === undefined ? { network: await startNetwork() } : {}),
});
console.log(basename(dirname(cluster.dir)));
setInterval(() => {}, 60_000);
