import { once } from "node:events";
import { createServer } from "node:net";

const given = new Set<number>();

/**
 * A free port on loopback, below the range from which the kernel takes ports
 * for outgoing connections: a cluster that is dead for a while finds its own
 * port free when it comes back.
 */
export async function freePort(): Promise<number> {
	for (;;) {
		const port = 20_000 + Math.floor(Math.random() * 12_000);
		if (given.has(port)) continue;
		const server = createServer();
		try {
			server.listen(port, "127.0.0.1");
			await once(server, "listening");
		} catch {
			continue;
		}
		server.close();
		await once(server, "close");
		given.add(port);
		return port;
	}
}
