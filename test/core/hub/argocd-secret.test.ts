/** Clusters as Argo CD keeps them: which become a kubeconfig, and which are refused in words. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCredentials } from "../../../src/adapters/credentials.ts";
import {
	fromArgoCd,
	isArgoCdSecret,
} from "../../../src/core/hub/argocd-secret.ts";

const b64 = (text: string) => Buffer.from(text).toString("base64");
const secret = (config: unknown, server = "https://north.example") => ({
	name: b64("north"),
	server: b64(server),
	config: b64(typeof config === "string" ? config : JSON.stringify(config)),
});
const NOW = new Date("2026-03-01T00:00:00Z");

/** All the way to what is connected with. */
function read(config: unknown, server?: string) {
	const made = fromArgoCd(secret(config, server));
	return "fault" in made ? made : readCredentials(made.kubeconfig, NOW);
}

describe("an Argo CD cluster Secret", () => {
	it("is known by its keys", () => {
		expect(isArgoCdSecret(secret({}))).toBe(true);
		expect(isArgoCdSecret({ kubeconfig: "" })).toBe(false);
	});

	it("with a bearer token is as good as a kubeconfig", async () => {
		const found = read({
			bearerToken: "abc",
			tlsClientConfig: { serverName: "north" },
		});
		if ("fault" in found) throw new Error(found.fault);
		const { server, tls, authorization } = found.credentials;
		expect(server.href).toBe("https://north.example/");
		expect(tls.servername).toBe("north");
		expect(await authorization?.()).toBe("Bearer abc");
	});

	it.each([
		[
			{ execProviderConfig: { command: "sh" } },
			"config.execProviderConfig is refused",
		],
		[
			{ awsAuthConfig: { clusterName: "x" } },
			"config.awsAuthConfig is refused",
		],
		[{ username: "me", password: "secret" }, "config.username is refused"],
		[
			{ bearerToken: "abc", proxyUrl: "http://p" },
			"config.proxyUrl is refused",
		],
		[
			{ bearerToken: "abc", tlsClientConfig: { insecure: true } },
			"config.tlsClientConfig.insecure is refused: give caData",
		],
		["{ secret", "config is no JSON object"],
		[[], "config is no JSON object"],
		[{ bearerToken: { a: 1 } }, "is not a text"],
		[
			{ bearerToken: "abc", tlsClientConfig: { caData: "not pem" } },
			"certificate-authority-data",
		],
		[{}, "user"],
	])("%j: %s", (config, words) => {
		const found = read(config);
		expect(found).toHaveProperty("fault");
		const { fault } = found as { fault: string };
		expect(fault).toContain(words);
		expect(fault).not.toContain("secret");
	});

	it("over plain http is refused", () => {
		const found = read({ bearerToken: "abc" }, "http://north.example");
		expect((found as { fault: string }).fault).toContain("https");
	});

	it("of any content is read or refused, and never throws", () => {
		fc.assert(
			fc.property(
				fc.oneof(fc.string(), fc.jsonValue()),
				fc.string(),
				(config, server) => {
					const found = read(config, server);
					expect("fault" in found || "credentials" in found).toBe(true);
				},
			),
		);
	});
});
