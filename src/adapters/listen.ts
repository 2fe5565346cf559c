import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Listening {
	readonly port: number;
	/** Requests under way are cut off. */
	close(): Promise<void>;
}

/** `port` 0: any free one; `host` undefined: all addresses. Rejects when the port cannot be had. */
export async function listen(
	server: Server,
	port: number,
	host?: string,
): Promise<Listening> {
	server.listen(port, host);
	await once(server, "listening");
	return {
		port: (server.address() as AddressInfo).port,
		close: async () => {
			const closed = once(server, "close");
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}
