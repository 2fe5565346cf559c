import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NAMESPACE } from "../../src/api/kind.ts";
import type { Call } from "../../src/shell/port.ts";
import { createAuthority } from "../clusters/real/pki.ts";
import { type Hostile, startHostile } from "./hostile.ts";

/** Generous: only tests about deadlines come near it. */
const LONG_MS = 20_000;
const get: Call = {
	verb: "get",
	resource: NAMESPACE,
	name: "kube-system",
	timeoutMs: LONG_MS,
};

let server: Hostile;
beforeAll(async () => {
	server = await startHostile();
});
afterAll(() => server.stop());

describe("HttpApi, connections that cannot be made", () => {
	it("says that a port is closed", async () => {
		const closed = createServer().listen(0, "127.0.0.1");
		await once(closed, "listening");
		const { port } = closed.address() as { port: number };
		closed.close();
		await once(closed, "close");
		expect(await server.api({ port }).request(get)).toMatchObject({
			kind: "silent",
			why: "refused",
		});
	});

	it("does not trust another authority", async () => {
		const other = await createAuthority("other");
		const before = server.seen.length;
		expect(await server.api({ ca: other.cert }).request(get)).toMatchObject({
			kind: "silent",
			why: "tls",
		});
		expect(server.seen.length).toBe(before);
	});

	it.each<[string, Parameters<typeof startHostile>[0]]>([
		[
			"an expired certificate",
			(authority) =>
				authority.client({
					user: "127.0.0.1",
					notBefore: new Date(Date.now() - 7_200_000),
					notAfter: new Date(Date.now() - 3_600_000),
				}),
		],
		[
			"a certificate for another name",
			(authority) => authority.serving(["10.9.8.7"]),
		],
	])("does not trust %s", async (_, certificate) => {
		const bad = await startHostile(certificate);
		try {
			expect(await bad.api().request(get)).toMatchObject({
				kind: "silent",
				why: "tls",
			});
			expect(bad.seen).toEqual([]);
		} finally {
			await bad.stop();
		}
	});

	it("gives a handshake that hangs no longer than the deadline, and sends nothing afterwards", async () => {
		const sockets: Socket[] = [];
		const mute = createServer((socket) => {
			sockets.push(socket);
			socket.on("error", () => {});
		}).listen(0, "127.0.0.1");
		await once(mute, "listening");
		const { port } = mute.address() as { port: number };
		const answer = await server
			.api({ port })
			.request({ ...get, timeoutMs: 300 });
		expect(answer).toMatchObject({ kind: "silent", why: "timeout" });
		for (const socket of sockets) socket.destroy();
		mute.close();
		await once(mute, "close");
	});

	it("knows what is not HTTP", async () => {
		const { createServer: createTls } = await import("node:tls");
		const authority = await createAuthority("mail");
		const mail = createTls(await authority.serving(["127.0.0.1"]), (socket) => {
			socket.on("error", () => {});
			socket.once("data", () => socket.end("220 mail.example ESMTP\r\n"));
		}).listen(0, "127.0.0.1");
		await once(mail, "listening");
		const { port } = mail.address() as { port: number };
		const answer = await server.api({ port, ca: authority.cert }).request(get);
		expect(answer).toMatchObject({ kind: "nonsense" });
		mail.close();
		await once(mail, "close");
	});
});
