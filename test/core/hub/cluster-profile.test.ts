/** ClusterProfiles: which become a kubeconfig, and which are refused in words. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCredentials } from "../../../src/adapters/credentials.ts";
import {
	fromProfile,
	parseProfile,
} from "../../../src/core/hub/cluster-profile.ts";
import { credentialsFor } from "../../../src/core/hub/credentials.ts";

const NOW = new Date("2026-03-01T00:00:00Z");
const b64 = (text: string) => Buffer.from(text).toString("base64");
const object = (status: unknown) => ({
	apiVersion: "multicluster.x-k8s.io/v1alpha1",
	kind: "ClusterProfile",
	metadata: { namespace: "inventory", name: "north" },
	status,
});
const provider = (cluster: object, name = "secretreader") => ({
	accessProviders: [{ name, cluster }],
});
const SERVER = { server: "https://north.example" };

/** All the way to what is connected with. */
function read(status: unknown, token = "abc") {
	const made = fromProfile(parseProfile(object(status)), b64(token));
	return "fault" in made ? made : readCredentials(made.kubeconfig, NOW);
}

describe("a ClusterProfile", () => {
	it.each([
		["accessProviders", provider({ ...SERVER, "tls-server-name": "n" })],
		[
			"credentialProviders, as before",
			{
				credentialProviders: [
					{
						name: "secretreader",
						cluster: { ...SERVER, "tls-server-name": "n" },
					},
				],
			},
		],
	])("with %s is as good as a kubeconfig", async (_, status) => {
		const found = read(status, "abc\n");
		if ("fault" in found) throw new Error(found.fault);
		const { server, tls, authorization } = found.credentials;
		expect(server.href).toBe("https://north.example/");
		expect(tls.servername).toBe("n");
		expect(await authorization?.()).toBe("Bearer abc");
	});

	it.each([
		[undefined, "no access provider secretreader (it has none)"],
		[provider(SERVER, "google"), "(it has google): the others run programs"],
		[
			provider({ ...SERVER, "insecure-skip-tls-verify": true }),
			"insecure-skip-tls-verify is refused: give certificate-authority-data",
		],
		[
			provider({ ...SERVER, "proxy-url": "http://proxy" }),
			"proxy-url is refused",
		],
		[provider({ server: "http://north.example" }), "https"],
	])("%j is refused in words", (status, says) => {
		const found = read(status);
		expect("fault" in found && found.fault).toContain(says);
	});

	it("of any shape gives a kubeconfig or words, never an exception or a program", () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), (status, cluster) => {
				for (const it of [status, provider(cluster as object)]) {
					const found = read(it);
					if (!("fault" in found))
						expect(found.credentials.server.protocol).toBe("https:");
				}
			}),
		);
	});
});

describe("what a TwinCluster names", () => {
	const ref = { profile: { namespace: "inventory", name: "north" } };
	const known = {
		namespace: "ops",
		secret: (key: string) =>
			key === "ops/north" ? { token: b64("abc") } : undefined,
		profile: () => ({ profile: parseProfile(object(provider(SERVER))) }),
	};

	it("a profile's token comes from the operator's own namespace", () => {
		expect(credentialsFor(ref, known)).toHaveProperty("kubeconfig");
		const other = { ...known, namespace: "inventory" };
		expect(credentialsFor(ref, other)).toEqual({
			fault:
				"spec.credentials.clusterProfileRef names the ClusterProfile inventory/north, whose token is looked for in the Secret inventory/north, key token, which does not exist. Create it.",
		});
	});

	it("a profile that is missing, or a kind that cannot be read, is said", () => {
		const missing = { ...known, profile: () => ({ profile: undefined }) };
		expect(credentialsFor(ref, missing)).toHaveProperty(
			"fault",
			expect.stringContaining("which does not exist"),
		);
		const fault = "which cannot be read: forbidden.";
		expect(
			credentialsFor(ref, { ...known, profile: () => ({ fault }) }),
		).toHaveProperty("fault", expect.stringContaining("cannot be read"));
	});
});
