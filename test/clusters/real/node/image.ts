/**
 * The images of a real node, made of this machine's own busybox and the
 * libraries it needs: no registry is asked. Debian's busybox-static will not
 * do, its wget crashes.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
	chmodSync,
	copyFileSync,
	existsSync,
	mkdirSync,
	readFileSync,
	realpathSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Holds the namespaces of a pod. */
export const PAUSE = "docker.io/twin-operator/pause:1";
/** sh, wget, timeout and their kin: what the gate's script is written in. */
export const TOOLS = "docker.io/twin-operator/tools:1";
/** The same under another name: an app's image is not the gate's. */
export const APP = "docker.io/twin-operator/app:1";

/**
 * As the first process of a pod that shares its process namespace it also
 * reaps what other containers leave, which the shell does as it waits.
 */
const HOLD = "trap 'exit 0' TERM; while :; do sleep 3600 & wait; done";

const ENTRYPOINTS: Readonly<Record<string, readonly string[]>> = {
	[PAUSE]: ["/bin/sh", "-c", HOLD],
	[TOOLS]: ["/bin/sh"],
	[APP]: ["/bin/sh"],
};
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64" };

/** Makes one archive of all of them in `dir`, as `docker save` writes it; answers its path. */
export function makeImages(dir: string): string {
	const archive = join(dir, "images.tar");
	if (existsSync(archive)) return archive;
	const place = join(dir, "images");
	const root = join(place, "root");
	fill(root);
	tar(root, join(place, "layer.tar"), ["."]);
	const layer = readFileSync(join(place, "layer.tar"));
	const manifest = Object.entries(ENTRYPOINTS).map(([name, Entrypoint]) => {
		const config = JSON.stringify({
			os: "linux",
			architecture: ARCHITECTURES[process.arch] ?? process.arch,
			config: { Entrypoint, Env: ["PATH=/bin"] },
			rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
			history: [{ created_by: name }],
		});
		const file = `${sha256(config)}.json`;
		writeFileSync(join(place, file), config);
		return { Config: file, RepoTags: [name], Layers: ["layer.tar"] };
	});
	writeFileSync(join(place, "manifest.json"), JSON.stringify(manifest));
	const files = ["manifest.json", "layer.tar"];
	tar(place, archive, [...files, ...manifest.map((it) => it.Config)]);
	return archive;
}

function fill(root: string): void {
	for (const name of ["bin", "tmp", "etc"]) {
		mkdirSync(join(root, name), { recursive: true });
	}
	chmodSync(join(root, "tmp"), 0o1777);
	const busybox = run("sh", "-c", "command -v busybox").trim();
	copyFileSync(realpathSync(busybox), join(root, "bin/busybox"));
	for (const it of run(busybox, "--list").split("\n")) {
		const applet = join(root, "bin", it);
		if (it && it !== "busybox") symlinkSync("busybox", applet);
	}
	// Each line: NAME => PATH (ADDRESS), or PATH (ADDRESS) for the loader.
	for (const it of run("ldd", busybox).matchAll(/(\/\S+) \(0x/g)) {
		const library = it[1] ?? "";
		const copy = join(root, library);
		mkdirSync(dirname(copy), { recursive: true });
		copyFileSync(realpathSync(library), copy);
	}
	writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
}

function tar(dir: string, file: string, names: readonly string[]): void {
	const owner = ["--owner=0", "--group=0", "--numeric-owner"];
	run("tar", ...owner, "-C", dir, "-cf", file, ...names);
}

function run(file: string, ...args: string[]): string {
	return execFileSync(file, args, { encoding: "utf8", stdio: "pipe" });
}

function sha256(content: string | Buffer): string {
	return createHash("sha256").update(content).digest("hex");
}
