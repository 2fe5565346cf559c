/** When credentials end, as far as they say so. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expiryOf } from "../../src/adapters/expiry.ts";
import { createAuthority } from "../clusters/real/pki.ts";

const base64 = (it: string) => Buffer.from(it).toString("base64url");
/** As an API server issues them; the signature is nobody's business here. */
const jwt = (claims: unknown) =>
	`${base64('{"alg":"RS256"}')}.${base64(JSON.stringify(claims))}.c2ln`;
const END = 1_900_000_000;
const END_DATE = new Date(END * 1_000);

describe("the end of credentials", () => {
	it("is that of a client certificate, and not of its issuers", async () => {
		const authority = await createAuthority("north");
		const { cert } = await authority.client({
			user: "hub",
			notAfter: END_DATE,
		});
		expect(expiryOf(cert, undefined)).toEqual(END_DATE);
		expect(expiryOf(`${cert}\n${authority.cert}`, undefined)).toEqual(END_DATE);
	});

	it("is exp of a token", () => {
		expect(expiryOf(undefined, jwt({ exp: END }))).toEqual(END_DATE);
		expect(expiryOf(undefined, `${jwt({ exp: END })}\n`)).toEqual(END_DATE);
	});

	it("is the earlier one of both", async () => {
		const authority = await createAuthority("north");
		const { cert } = await authority.client({
			user: "hub",
			notAfter: END_DATE,
		});
		const end = (exp: number) => expiryOf(cert, jwt({ exp }))?.getTime();
		expect(end(END - 5)).toBe((END - 5) * 1_000);
		expect(end(END + 5)).toBe(END * 1_000);
	});

	it.each([
		["none", undefined],
		["a token of another kind", "abcdef.0123456789abcdef"],
		["a token of a Secret, which has no exp", jwt({ sub: "a" })],
		["claims that are no object", jwt(null)],
		["a text as exp", jwt({ exp: "1900000000" })],
		["an exp that no clock will see", jwt({ exp: 1e300 })],
		["a negative exp", jwt({ exp: -1 })],
		["claims that are not JSON", `a.${base64("{")}.c`],
		["too many parts", `${jwt({ exp: END })}.e30`],
	])("is unknown: %s", (_, token) => {
		expect(expiryOf(undefined, token)).toBeUndefined();
	});

	it("never throws, and never is anything but a time", () => {
		fc.assert(
			fc.property(
				fc.string(),
				fc.json(),
				fc.string(),
				(cert, claims, token) => {
					for (const it of [token, `a.${base64(claims)}.c`]) {
						const end = expiryOf(cert, it);
						expect(end === undefined || Number.isFinite(end.getTime())).toBe(
							true,
						);
					}
				},
			),
		);
	});
});
