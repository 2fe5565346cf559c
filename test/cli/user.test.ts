/** The kubeconfig of a person: found, merged and chosen from as kubectl does. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { connectUser, type UserOptions } from "../../src/adapters/user.ts";

const dir = mkdtempSync(join(tmpdir(), "twin-operator-user-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, content: object | string): string {
	const path = join(dir, name);
	writeFileSync(
		path,
		typeof content === "string" ? content : JSON.stringify(content),
	);
	return path;
}

const kubeconfig = (name: string, more: object = {}) => ({
	"current-context": name,
	clusters: [{ name, cluster: { server: `https://${name}.example` } }],
	users: [{ name, user: { token: "t" } }],
	contexts: [{ name, context: { cluster: name, user: name } }],
	...more,
});

const connect = (options: Partial<UserOptions>) => {
	const it = connectUser({ env: {}, version: "0", ...options }, systemClock);
	it.api.close();
	return it;
};

describe("the kubeconfig of a person", () => {
	const one = file("one", kubeconfig("one"));
	const two = file("two", kubeconfig("two"));

	it("is --kubeconfig before KUBECONFIG, and that before HOME", () => {
		const env = { KUBECONFIG: two, HOME: dir };
		expect(connect({ kubeconfig: one, env }).context).toBe("one");
		expect(connect({ env }).context).toBe("two");
		expect(() => connect({ env: { HOME: dir } })).toThrow(
			`there is no kubeconfig at ${join(dir, ".kube", "config")}`,
		);
	});

	it("of several files is merged; the first that names something wins", () => {
		const other = file("other", {
			...kubeconfig("two"),
			clusters: [{ name: "one", cluster: { server: "https://wrong.example" } }],
		});
		const env = {
			KUBECONFIG: `${one}:${join(dir, "missing")}:${two}:${other}`,
		};
		expect(connect({ env }).server).toBe("https://one.example");
		const chosen = connect({ env, context: "two" });
		expect(chosen.server).toBe("https://two.example");
	});

	it("gives the context's namespace", () => {
		const path = file(
			"ns",
			kubeconfig("ns", {
				contexts: [
					{
						name: "ns",
						context: { cluster: "ns", user: "ns", namespace: "shop" },
					},
				],
			}),
		);
		expect(connect({ kubeconfig: path }).namespace).toBe("shop");
		expect(connect({ kubeconfig: one }).namespace).toBe("default");
	});

	it("names files relative to itself", () => {
		file("token", "secret");
		const path = file(
			"rel",
			kubeconfig("rel", {
				users: [{ name: "rel", user: { tokenFile: "token" } }],
			}),
		);
		expect(() => connect({ kubeconfig: path })).not.toThrow();
		const gone = file(
			"gone",
			kubeconfig("gone", {
				users: [{ name: "gone", user: { "client-certificate": "none.pem" } }],
			}),
		);
		expect(() => connect({ kubeconfig: gone })).toThrow(join(dir, "none.pem"));
	});

	it("with a context that is not there names those that are", () => {
		const env = { KUBECONFIG: `${one}:${two}` };
		expect(() => connect({ env, context: "three" })).toThrow(
			'there is no context "three": give one of one, two',
		);
		const none = file("none", kubeconfig("one", { "current-context": "" }));
		expect(() => connect({ kubeconfig: none })).toThrow("no context is chosen");
	});

	it("that is no YAML is named, and not quoted", () => {
		const path = file("bad", "token: [secret");
		expect(() => connect({ kubeconfig: path })).toThrow(
			`${path} cannot be read as YAML`,
		);
		try {
			connect({ kubeconfig: path });
		} catch (error) {
			expect(String(error)).not.toContain("secret");
		}
	});
});
