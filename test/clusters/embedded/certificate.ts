// x509 is built on a container that wants this first.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

export interface Identity {
	readonly ca: string;
	readonly key: string;
	readonly certificate: string;
}

const ALGORITHM = {
	name: "ECDSA",
	namedCurve: "P-256",
	hash: "SHA-256",
} as const;
const DAY_MS = 86_400_000;

/** A certificate for 127.0.0.1 and the authority that signed it. */
export async function loopbackIdentity(name: string): Promise<Identity> {
	const crypto = webcrypto as unknown as typeof globalThis.crypto;
	x509.cryptoProvider.set(crypto);
	const pair = () =>
		crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
	const [caKeys, keys] = await Promise.all([pair(), pair()]);
	const period = {
		notBefore: new Date(Date.now() - DAY_MS),
		notAfter: new Date(Date.now() + 30 * DAY_MS),
		signingAlgorithm: ALGORITHM,
	};
	const ca = await x509.X509CertificateGenerator.createSelfSigned({
		...period,
		name: `CN=${name}-ca`,
		keys: caKeys,
		extensions: [
			new x509.BasicConstraintsExtension(true, undefined, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
		],
	});
	const certificate = await x509.X509CertificateGenerator.create({
		...period,
		subject: `CN=${name}`,
		issuer: ca.subject,
		signingKey: caKeys.privateKey,
		publicKey: keys.publicKey,
		extensions: [
			new x509.SubjectAlternativeNameExtension([
				{ type: "ip", value: "127.0.0.1" },
				{ type: "dns", value: "localhost" },
			]),
		],
	});
	const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
	return {
		ca: ca.toString("pem"),
		certificate: certificate.toString("pem"),
		key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY"),
	};
}
