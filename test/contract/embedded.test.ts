import { realClock } from "../clusters/embedded/clock.ts";
import { startEmbedded } from "../clusters/embedded/cluster.ts";
import { ControlPlane } from "../clusters/embedded/control-plane.ts";
import { over } from "./over.ts";
import { contract } from "./suite.ts";

const delays = { reactMs: 10, podReadyMs: 50, podEndMs: 50 };
const bookmarkMs = 200;

contract("embedded, through its port", async () => {
	const plane = new ControlPlane({
		name: "port",
		clock: realClock,
		delays,
		bookmarkMs,
	});
	plane.store.compact();
	const { api } = plane.connect();
	const { api: stranger, link } = plane.connect();
	link.intervene = () => ({
		instead: {
			kind: "refused",
			status: 401,
			reason: "Unauthorized",
			message: "Unauthorized",
		},
	});
	return {
		api,
		stranger,
		close: async () => {
			api.close();
			plane.die();
		},
	};
});

contract("embedded, over HTTPS", async () => {
	const cluster = await startEmbedded({ name: "front", delays, bookmarkMs });
	cluster.plane.store.compact();
	return over(cluster);
});
