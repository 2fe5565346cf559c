import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { connectTrusted } from "../../src/adapters/trusted.ts";
import { NAMESPACE } from "../../src/api/kind.ts";
import type { KubeObject } from "../../src/api/object.ts";
import { Reflector } from "../../src/shell/reflector.ts";
import { startEmbedded } from "../clusters/embedded/cluster.ts";
import { until } from "../clusters/wait.ts";

describe("a reflector over HTTPS", () => {
	it("follows a server, sees it die, and follows it again when it is back", async () => {
		const cluster = await startEmbedded({ name: "north" });
		const api = connectTrusted(cluster.kubeconfig, systemClock);
		const reflector = new Reflector<string>({
			cluster: "north",
			api,
			clock: systemClock,
			random: Math.random,
			log: { info: () => {}, warn: () => {} },
			resource: NAMESPACE,
			project: (raw) => raw.metadata.name,
			listTimeoutMs: 1_000,
			inactivityMs: 1_000,
		}).start();
		const create = async (name: string) => {
			const answer = await api.request<KubeObject>({
				verb: "create",
				resource: NAMESPACE,
				body: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
				timeoutMs: 10_000,
			});
			expect(answer).toMatchObject({ kind: "ok", status: 201 });
		};
		try {
			await reflector.whenSynced;
			expect(reflector.get("kube-system")).toBe("kube-system");
			await create("one");
			await until("the watch tells", () => reflector.get("one"));
			await cluster.die();
			await until("it is silent", () => !reflector.connected);
			expect(reflector.get("one")).toBe("one");
			await cluster.revive();
			await until("it answers", () => reflector.connected);
			await create("two");
			await until("the watch tells", () => reflector.get("two"));
		} finally {
			await reflector.stop();
			api.close();
			await cluster.stop();
		}
	});
});
