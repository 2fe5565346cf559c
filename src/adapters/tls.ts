import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { KubeconfigFault } from "./kubeconfig.ts";

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** PEM text out of a kubeconfig's `*-data` field. */
export function fromBase64(data: string, path: string): string {
	const bare = data.replace(/\s/g, "");
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(bare))
		throw new KubeconfigFault(`${path} is not base64: put in the encoded PEM`);
	return Buffer.from(bare, "base64").toString("utf8");
}

export function checkAuthority(pem: string, path: string): void {
	certificates(pem, path);
}

/** Refuses a certificate that has expired, or that the key does not belong to. */
export function checkClient(
	cert: { readonly pem: string; readonly path: string },
	key: { readonly pem: string; readonly path: string },
	now: Date,
): void {
	const [own] = certificates(cert.pem, cert.path);
	const validTo = own ? new Date(own.validTo) : now;
	if (validTo.getTime() < now.getTime())
		throw new KubeconfigFault(
			`${cert.path} expired at ${validTo.toISOString()}: renew it`,
		);
	let pair: KeyObject;
	try {
		pair = createPrivateKey(key.pem);
	} catch {
		throw new KubeconfigFault(
			`${key.path} is not an unencrypted private key: put one in`,
		);
	}
	if (own && !own.checkPrivateKey(pair))
		throw new KubeconfigFault(
			`${key.path} does not belong to ${cert.path}: put in the pair`,
		);
}

function certificates(pem: string, path: string): X509Certificate[] {
	const blocks = pem.match(PEM) ?? [];
	if (blocks.length === 0)
		throw new KubeconfigFault(`${path} holds no PEM certificate: put one in`);
	try {
		return blocks.map((block) => new X509Certificate(block));
	} catch {
		throw new KubeconfigFault(
			`${path} holds a certificate that cannot be read: put in a good one`,
		);
	}
}
