import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { readCredentials } from "../../src/adapters/credentials.ts";
import { createAuthority, type Pair } from "../clusters/real/pki.ts";

const NOW = new Date();
const HOUR_MS = 3_600_000;
const SECRET = "s3cr3t-t0k3n";
const base64 = (text: string) => Buffer.from(text).toString("base64");

let ca: string;
let client: Pair;
let other: Pair;
let expired: Pair;
const expiry = new Date(Math.floor(NOW.getTime() / 1000) * 1000 - HOUR_MS);
beforeAll(async () => {
	const authority = await createAuthority("north");
	ca = authority.cert;
	client = await authority.client({ user: "hub" });
	other = await authority.client({ user: "other" });
	expired = await authority.client({
		user: "hub",
		notBefore: new Date(NOW.getTime() - 2 * HOUR_MS),
		notAfter: expiry,
	});
});

type Fields = Record<string, unknown>;
/** A good kubeconfig with the given fields laid over it; JSON is YAML. */
function config(over: { cluster?: Fields; user?: Fields; root?: Fields } = {}) {
	return JSON.stringify({
		apiVersion: "v1",
		kind: "Config",
		clusters: [
			{
				name: "c",
				cluster: {
					server: "https://north.example:6443",
					"certificate-authority-data": base64(ca),
					...over.cluster,
				},
			},
		],
		users: [{ name: "u", user: { token: SECRET, ...over.user } }],
		contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
		"current-context": "x",
		...over.root,
	});
}

const fault = (text: string): string => {
	const read = readCredentials(text, NOW);
	return "fault" in read ? read.fault : "";
};

describe("readCredentials accepts", () => {
	it("a token and a certificate authority", () => {
		const read = readCredentials(config(), NOW);
		if ("fault" in read) throw new Error(read.fault);
		expect(read.credentials.server.href).toBe("https://north.example:6443/");
		expect(read.credentials.tls).toEqual({ ca });
		expect(read.credentials.authorization?.()).toBe(`Bearer ${SECRET}`);
	});

	it("a client certificate, and another name of the server", () => {
		const read = readCredentials(
			config({
				cluster: { "tls-server-name": "api.example" },
				user: {
					token: undefined,
					"client-certificate-data": base64(client.cert),
					"client-key-data": base64(client.key),
				},
			}),
			NOW,
		);
		if ("fault" in read) throw new Error(read.fault);
		expect(read.credentials.tls).toEqual({
			ca,
			cert: client.cert,
			key: client.key,
			servername: "api.example",
		});
		expect(read.credentials.authorization).toBeUndefined();
	});

	it("the authorities of the system, when there is none of its own", () => {
		expect(
			fault(config({ cluster: { "certificate-authority-data": undefined } })),
		).toBe("");
	});

	it("a refused field that is off", () => {
		expect(
			fault(config({ cluster: { "insecure-skip-tls-verify": false } })),
		).toBe("");
	});
});

describe("readCredentials refuses, and names the field:", () => {
	it.each<[string, Parameters<typeof config>[0], string]>([
		["exec", { user: { exec: { command: "sh" } } }, 'users["u"].user.exec is'],
		["auth-provider", { user: { "auth-provider": {} } }, "user.auth-provider"],
		["tokenFile", { user: { tokenFile: "/etc/passwd" } }, "user.tokenFile"],
		[
			"client-certificate",
			{ user: { "client-certificate": "/a" } },
			"user.client-certificate is",
		],
		["client-key", { user: { "client-key": "/a" } }, "user.client-key is"],
		["username", { user: { username: "me" } }, "user.username"],
		["password", { user: { password: "pw" } }, "user.password"],
		["impersonation", { user: { as: "system:admin" } }, "user.as is"],
		[
			"certificate-authority",
			{ cluster: { "certificate-authority": "/a" } },
			"cluster.certificate-authority is",
		],
		[
			"insecure TLS",
			{ cluster: { "insecure-skip-tls-verify": true } },
			"cluster.insecure-skip-tls-verify",
		],
		["a proxy", { cluster: { "proxy-url": "http://a" } }, "cluster.proxy-url"],
		["http", { cluster: { server: "http://a" } }, "not https"],
		["a file URL", { cluster: { server: "file:///etc/passwd" } }, "not https"],
		["no URL", { cluster: { server: "::" } }, "cluster.server is not a URL"],
		["no server", { cluster: { server: undefined } }, "server is missing"],
		["a number", { cluster: { server: 7 } }, "cluster.server is not a text"],
		[
			"credentials in the URL",
			{ cluster: { server: "https://me:pw@a" } },
			"cluster.server is refused, because it has credentials",
		],
		["a query", { cluster: { server: "https://a?b=c" } }, "cluster.server has"],
		["no context", { root: { "current-context": "" } }, "current-context"],
		["a wrong context", { root: { "current-context": "y" } }, 'contexts["y"]'],
		["no users", { root: { users: [] } }, 'users["u"] is missing'],
		["users as text", { root: { users: "u" } }, 'users["u"] is missing'],
		[
			"a name given twice",
			{
				root: {
					contexts: [
						{ name: "x", context: { cluster: "c", user: "u" } },
						{ name: "x", context: { cluster: "c", user: "v" } },
					],
				},
			},
			'contexts["x"] is there more than once',
		],
		[
			"a user without content",
			{ root: { users: [{ name: "u" }] } },
			".user is",
		],
		["no credentials", { user: { token: "" } }, "has no credentials"],
		["a token with a line break", { user: { token: "a\nb: c" } }, "user.token"],
		[
			"a certificate without key",
			{ user: { "client-certificate-data": "QUFB" } },
			"give both",
		],
		[
			"an authority that is not base64",
			{ cluster: { "certificate-authority-data": "%%" } },
			"certificate-authority-data is not base64",
		],
		[
			"an authority that is no certificate",
			{ cluster: { "certificate-authority-data": "QUFB" } },
			"certificate-authority-data holds no PEM certificate",
		],
	])("%s", (_, over, words) => {
		const said = fault(config(over));
		expect(said).toContain(words);
		expect(said).toMatch(/[:;] \S/);
		expect(said).not.toContain(SECRET);
		expect(said).not.toContain("passwd");
	});

	it("an expired certificate, with the date", () => {
		const said = fault(
			config({
				user: {
					"client-certificate-data": base64(expired.cert),
					"client-key-data": base64(expired.key),
				},
			}),
		);
		expect(said).toContain(`expired at ${expiry.toISOString()}`);
		expect(said).toContain("user.client-certificate-data");
	});

	it("a key of another certificate, and none at all", () => {
		const withKey = (key: string) =>
			fault(
				config({
					user: {
						"client-certificate-data": base64(client.cert),
						"client-key-data": base64(key),
					},
				}),
			);
		expect(withKey(other.key)).toContain("does not belong to");
		expect(withKey("secret rubbish")).toContain("is not an unencrypted");
	});

	it.each([
		["nothing", "", "empty"],
		["blanks", " \n ", "empty"],
		["a list", "[]", "not a YAML mapping"],
		["a word", "hello", "not a YAML mapping"],
		["null", "null", "not a YAML mapping"],
		["half YAML", `token: "${SECRET}\n  x: [`, "not plain YAML"],
		["bytes", "\u0000\u0001\uffff", "not plain YAML"],
		["two documents", "a: 1\n---\nb: 2", "not plain YAML"],
		["aliases", "a: &a [x]\nb: *a", "not plain YAML"],
		["a tag of another language", "a: !!js/function 'x'", "not plain YAML"],
		["deep nesting", "[".repeat(5_000), "not plain YAML"],
		["more than 1 MiB", `a: ${"x".repeat(1_100_000)}`, "larger than 1 MiB"],
	])("%s", (_, text, words) => {
		const said = fault(text);
		expect(said).toContain(words);
		expect(said).not.toContain(SECRET);
	});

	it("prototype keys: they are names like any other", () => {
		const text = config({
			root: { "current-context": "__proto__" },
		}).replace(
			'"apiVersion"',
			'"__proto__":{"current-context":"x"},"apiVersion"',
		);
		expect(fault(text)).toContain('contexts["__proto__"] is missing');
		expect(({} as { "current-context"?: string })["current-context"]).toBe(
			undefined,
		);
	});
});

describe("readCredentials, whatever it is fed", () => {
	it("answers, never throws, never takes what is refused", () => {
		const any = fc.oneof(
			fc.string(),
			fc.jsonValue().map((it) => JSON.stringify(it)),
			fc
				.record({
					cluster: fc.dictionary(
						fc.constantFrom("server", "proxy-url", "__proto__", "x"),
						fc.anything({ maxDepth: 1 }),
					),
					user: fc.dictionary(
						fc.constantFrom("token", "exec", "tokenFile", "client-key-data"),
						fc.jsonValue(),
					),
				})
				.map(config),
		);
		fc.assert(
			fc.property(any, (text) => {
				const read = readCredentials(text, NOW);
				if ("fault" in read) {
					expect(read.fault.length).toBeGreaterThan(10);
					expect(read.fault).not.toContain(SECRET);
				} else expect(read.credentials.server.protocol).toBe("https:");
			}),
			{ seed: 7, numRuns: 500 },
		);
	});
});
