// The certificate library needs this to be loaded before it.
import "reflect-metadata";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

/** A certificate and its key, as PEM text. */
export interface Pair {
	readonly cert: string;
	readonly key: string;
}

/** One certificate authority per cluster: credentials of one never fit the other. */
export interface Authority {
	readonly cert: string;
	serving(names: readonly string[]): Promise<Pair>;
	client(request: ClientRequest): Promise<Pair>;
}

export interface ClientRequest {
	readonly user: string;
	readonly groups?: readonly string[];
	/** Default: from an hour ago, for a week. */
	readonly notBefore?: Date;
	readonly notAfter?: Date;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const HOUR = 3_600_000;
const { KeyUsageFlags, ExtendedKeyUsage } = x509;

export async function createAuthority(name: string): Promise<Authority> {
	const keys = await newKeys();
	const authority = await x509.X509CertificateGenerator.createSelfSigned({
		serialNumber: serial(),
		name: `CN=${name} CA`,
		...validity({}),
		signingAlgorithm: ALGORITHM,
		keys,
		extensions: [
			new x509.BasicConstraintsExtension(true, undefined, true),
			new x509.KeyUsagesExtension(
				KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature,
				true,
			),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});

	async function issue(
		subject: x509.Name,
		times: { notBefore?: Date; notAfter?: Date },
		extensions: x509.Extension[],
	): Promise<Pair> {
		const own = await newKeys();
		const cert = await x509.X509CertificateGenerator.create({
			serialNumber: serial(),
			subject,
			issuer: authority.subject,
			...validity(times),
			signingAlgorithm: ALGORITHM,
			publicKey: own.publicKey,
			signingKey: keys.privateKey,
			extensions: [
				new x509.BasicConstraintsExtension(false, undefined, true),
				new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
				await x509.AuthorityKeyIdentifierExtension.create(authority),
				...extensions,
			],
		});
		const der = await crypto.subtle.exportKey("pkcs8", own.privateKey);
		return {
			cert: cert.toString("pem"),
			key: x509.PemConverter.encode(der, "PRIVATE KEY"),
		};
	}

	return {
		cert: authority.toString("pem"),
		serving: (names) =>
			issue(new x509.Name(`CN=${name}`), {}, [
				new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
				new x509.SubjectAlternativeNameExtension(
					names.map((it) => new x509.GeneralName(isIP(it) ? "ip" : "dns", it)),
				),
			]),
		client: (request) =>
			issue(
				new x509.Name([
					...(request.groups ?? []).map((it) => ({ O: [it] })),
					{ CN: [request.user] },
				]),
				request,
				[new x509.ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
			),
	};
}

/** The key that signs service account tokens. RSA, because every version accepts it. */
export function serviceAccountKey(): string {
	return generateKeyPairSync("rsa", {
		modulusLength: 2048,
		publicKeyEncoding: { type: "spki", format: "pem" },
		privateKeyEncoding: { type: "pkcs8", format: "pem" },
	}).privateKey;
}

function newKeys() {
	return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** Starts an hour ago, so that a clock that is set back during a run does no harm. */
function validity(times: { notBefore?: Date; notAfter?: Date }) {
	const now = Date.now();
	return {
		notBefore: times.notBefore ?? new Date(now - HOUR),
		notAfter: times.notAfter ?? new Date(now + 7 * 24 * HOUR),
	};
}

function serial(): string {
	const bytes = randomBytes(10);
	bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 1;
	return bytes.toString("hex");
}
