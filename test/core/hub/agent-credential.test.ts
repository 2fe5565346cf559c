/** When the hub makes another credential for an agent that it installs. */
import { describe, expect, it } from "vitest";
import {
	credentialFault,
	kubeconfigText,
	type Place,
} from "../../../src/core/hub/agent-credential.ts";

const NOW = 1_000_000;
const SUB = "system:serviceaccount:ops:twin-operator-twin";
const place: Place = {
	name: "south",
	server: "https://south:6443",
	authority: "PEM\n",
	account: { namespace: "ops", name: "twin-operator-twin", uid: "u1" },
};
const token = (claims: object): string =>
	["head", JSON.stringify(claims), "signature"]
		.map((it) => Buffer.from(it).toString("base64url"))
		.join(".");
const bound = (uid: string) => ({
	"kubernetes.io": { serviceaccount: { uid } },
});
const kept = (claims: object, over: Partial<Place> = {}): string =>
	kubeconfigText({ ...place, ...over }, token(claims));

describe("a credential", () => {
	it.each<[string, string | undefined, string | undefined]>([
		[
			"its own, and good",
			kept({ sub: SUB, exp: NOW + 1, ...bound("u1") }),
			undefined,
		],
		["absent", undefined, "is missing"],
		["empty", " \n", "is missing"],
		["no kubeconfig", "{}", "cannot be read"],
		["no YAML", "a: [", "cannot be read"],
		["ended", kept({ sub: SUB, exp: NOW, ...bound("u1") }), "has ended"],
		[
			"ended, and a person's",
			kept({ sub: "system:serviceaccount:ops:mine", exp: NOW }),
			"has ended",
		],
		[
			"a person's, and it does not say when it ends",
			kept({ sub: "system:serviceaccount:ops:mine" }, { server: "https://x" }),
			undefined,
		],
		[
			"a person's, and no token of an account",
			kubeconfigText(place, "abc"),
			undefined,
		],
		[
			"of an account that was made anew",
			kept({ sub: SUB, exp: NOW + 1, ...bound("u0") }),
			"is of an account that was deleted",
		],
		[
			"of the same account by a token that does not end",
			kept({ sub: SUB }),
			undefined,
		],
		[
			"to another address",
			kept({ sub: SUB }, { server: "https://old:6443" }),
			"has another address",
		],
		[
			"trusting another authority",
			kept({ sub: SUB }, { authority: "OTHER" }),
			"has another address",
		],
	])("%s", (_what, text, fault) => {
		expect(credentialFault(text, place, NOW)).toBe(fault);
	});
});
