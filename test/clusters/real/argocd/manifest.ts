/** What Argo CD's own installation has besides its programs. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadAll } from "js-yaml";
import type { KubeObject } from "../../../../src/api/object.ts";
import { ARGOCD } from "../tool.ts";

const MODULE = `github.com/argoproj/argo-cd/v3@v${ARGOCD}`;
const RELEASED = `https://raw.githubusercontent.com/argoproj/argo-cd/v${ARGOCD}`;
const APPSET =
	"manifests/base/applicationset-controller/argocd-applicationset-controller";

/** Path -> SHA-256. The release publishes none for single files, so they stand here. */
const CRDS = {
	"manifests/crds/application-crd.yaml":
		"5dde0e229249b6b707beb98674c1deae3949d5c319a6c45b9f5a80c99618e40c",
	"manifests/crds/applicationset-crd.yaml":
		"7d282054f41ca2b71a22bab04a8caf0000e07e53a62432e6ea292dae5ab4f07d",
	"manifests/crds/appproject-crd.yaml":
		"ab225266944322750136f1198d93786e4a79a0e43c8d149abfba44da30a3eac8",
};
/** Of the ApplicationSet controller. */
const RIGHTS = {
	[`${APPSET}-role.yaml`]:
		"f63b721a3b9e933953d834e5cea703baff2997996092f29ab529eb9e74713db5",
	[`${APPSET}-rolebinding.yaml`]:
		"d633da630cb01df68537a649adc6345b8dae2c7bbc20491d2f913a17b3680cf5",
};
/** What the repo server calls on every commit. */
const SIGNATURES = {
	"hack/git-verify-wrapper.sh":
		"e5271467f0d070e24ef690318206eb6a3d23ec002c9fd17d1c5cb2a52792001e",
};

export const crdsOfArgoCd = () => objects(CRDS);
export const rightsOfArgoCd = () => objects(RIGHTS);
/** File name -> text. */
export async function scriptsOfArgoCd(): Promise<Record<string, string>> {
	const [text = ""] = await texts(SIGNATURES);
	return { "git-verify-wrapper.sh": text };
}

async function objects(
	files: Readonly<Record<string, string>>,
): Promise<KubeObject[]> {
	return (await texts(files)).flatMap((it) => loadAll(it) as KubeObject[]);
}

/** From the sources of the Go module, or from the release where there is no Go. */
async function texts(
	files: Readonly<Record<string, string>>,
): Promise<string[]> {
	const sources = await moduleDir();
	return Promise.all(
		Object.entries(files).map(async ([path, sum]) => {
			const text = sources
				? await readFile(join(sources, path), "utf8")
				: await fetched(`${RELEASED}/${path}`);
			const found = createHash("sha256").update(text).digest("hex");
			if (found === sum) return text;
			throw new Error(`${path} of Argo CD ${ARGOCD}: its SHA-256 is ${found}`);
		}),
	);
}

async function moduleDir(): Promise<string | undefined> {
	try {
		const { stdout } = await promisify(execFile)(
			"go",
			["mod", "download", "-json", MODULE],
			{
				// No module of the caller's shall have a say.
				cwd: tmpdir(),
				env: {
					...process.env,
					HOME: process.env.HOME || tmpdir(),
					GOFLAGS: "",
				},
			},
		);
		return (JSON.parse(stdout) as { Dir: string }).Dir;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
		throw error;
	}
}

async function fetched(url: string): Promise<string> {
	const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) });
	if (!answer.ok) throw new Error(`${url}: HTTP ${answer.status}`);
	return answer.text();
}
