/** Owns a region with a running pod until it is killed; for the test of what is left then. */
import { dirname } from "node:path";
import { startCluster, startNetwork } from "../clusters/real/cluster.ts";
import { APP } from "../clusters/real/node/image.ts";
import { startNode } from "../clusters/real/node/node.ts";

const network = await startNetwork();
const cluster = await startCluster({ name: "orphan", network, kwok: false });
await startNode(cluster, network);
const pod = {
	apiVersion: "v1",
	kind: "Pod",
	metadata: { name: "sleeper" },
	spec: {
		automountServiceAccountToken: false,
		terminationGracePeriodSeconds: 0,
		containers: [{ name: "app", image: APP, command: ["sleep", "3600"] }],
	},
};
await cluster.kubectl(["apply", "-f", "-"], JSON.stringify(pod));
await cluster.kubectl(["wait", "--for=condition=Ready", "pod/sleeper"]);
// Through API server, kubelet, containerd and runc: the whole way.
await cluster.kubectl(["exec", "sleeper", "--", "true"]);
console.log(dirname(cluster.dir));
setInterval(() => {}, 60_000);
