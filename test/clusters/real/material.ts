/** Makes what lies in a cluster's directory before anything starts: certificates, kubeconfigs, audit policy. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AUDIT_POLICY, type Layout } from "./flag.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import {
	type Authority,
	createAuthority,
	type Pair,
	serviceAccountKey,
} from "./pki.ts";

export interface Material {
	readonly authority: Authority;
	readonly admin: Pair;
	readonly kubeconfig: string;
	readonly kubeconfigPath: string;
}

/** The programs' users: what each does can be told apart in the audit log. */
const USERS = {
	"controller-manager": { user: "system:kube-controller-manager" },
	scheduler: { user: "system:kube-scheduler" },
	kwok: { user: "kwok" },
} as const;
const ADMIN = { user: "admin", groups: ["system:masters"] };

export async function prepare(
	name: string,
	url: string,
	layout: Layout,
): Promise<Material> {
	const { dir, address } = layout;
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	const write = (file: string, text: string) => {
		writeFileSync(join(dir, file), text, { mode: 0o600 });
	};
	const authority = await createAuthority(name);
	const serving = await authority.serving([
		...new Set(["localhost", "127.0.0.1", address]),
	]);
	write("ca.crt", authority.cert);
	write("serving.crt", serving.cert);
	write("serving.key", serving.key);
	write("sa.key", serviceAccountKey());
	write("audit-policy.json", JSON.stringify(AUDIT_POLICY));
	for (const [program, { user }] of Object.entries(USERS)) {
		const pair = await authority.client({ user, groups: ["system:masters"] });
		write(
			`${program}.kubeconfig`,
			kubeconfigOf(name, url, authority.cert, pair),
		);
	}
	const admin = await authority.client(ADMIN);
	write("admin.crt", admin.cert);
	write("admin.key", admin.key);
	const kubeconfig = kubeconfigOf(name, url, authority.cert, admin);
	write("kubeconfig", kubeconfig);
	return {
		authority,
		admin,
		kubeconfig,
		kubeconfigPath: join(dir, "kubeconfig"),
	};
}
