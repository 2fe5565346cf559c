/**
 * The mount namespace of a node. Where kubelet, containerd and runc write on a
 * machine of their own, it has file systems in memory, which go with it; and
 * the kernel settings that the kubelet would change for the whole machine show
 * it the values that it wants, so that it changes none.
 *
 * In memory, because containerd syncs each step of a container: on a disk that
 * was busy with other things a pod took a minute to start, and no test of when
 * pods start means anything then.
 */
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { until } from "../../wait.ts";
import { died, type Run, start } from "../run.ts";

export interface Space {
	/** Put before a command, runs it in the node's namespaces. */
	readonly enter: readonly string[];
	/** Which mount namespace, in the kernel's words. Its mounts go with its last process. */
	readonly mounts: string;
}

const PLACES = ["/run", "/var/log", "/var/lib"];

/** What the kubelet wants of the kernel (its container manager's tunables). */
const SETTINGS = {
	"vm/overcommit_memory": "1",
	"vm/panic_on_oom": "0",
	"kernel/panic": "10",
	"kernel/panic_on_oops": "1",
	"kernel/keys/root_maxkeys": "1000000",
	"kernel/keys/root_maxbytes": "25000000",
} as const;

/** `enter` is the network's, in whose namespace the node is to be. */
export async function openSpace(
	run: Run,
	dir: string,
	enter: readonly string[],
): Promise<Space> {
	const steps: string[] = [];
	const bind = (from: string, to: string) => {
		steps.push(`mount --bind '${from}' '${to}'`);
	};
	// Containerd's mounts are to be seen by all in the namespace, and stay in it.
	steps.push("mount --make-rshared /");
	for (const it of PLACES) steps.push(`mount -t tmpfs -o mode=755 node ${it}`);
	mkdirSync(join(dir, "sys"), { recursive: true });
	for (const [name, value] of Object.entries(SETTINGS)) {
		const setting = join("/proc/sys", name);
		if (!existsSync(setting)) continue;
		const file = join(dir, "sys", name.replaceAll("/", "."));
		writeFileSync(file, `${value}\n`);
		bind(file, setting);
	}
	const ready = join(dir, "open");
	steps.push(`: > '${ready}'`, "exec sleep infinity");
	const shell = ["sh", "-ec", steps.join("\n")];
	const holder = start(
		run,
		"space",
		[...enter, "unshare", "--mount", "--propagation", "private", ...shell],
		dir,
	);
	await Promise.race([
		died(holder),
		until(`${dir} to be mounted`, () => existsSync(ready)),
	]);
	const mounts = mountsOf(holder.child.pid);
	// Every process in it will be killed one day: it must not be the machine's own.
	if (mounts === "" || mounts === mountsOf(process.pid)) {
		throw new Error(`${dir} has no mount namespace of its own`);
	}
	const target = `--mount=/proc/${holder.child.pid}/ns/mnt`;
	return { mounts, enter: [...enter, "nsenter", target] };
}

/** The processes that are in it now. */
export function processesAt({ mounts }: Space): number[] {
	return readdirSync("/proc")
		.filter((it) => /^\d+$/.test(it))
		.map(Number)
		.filter((it) => mountsOf(it) === mounts);
}

/** Empty when there is no such process any more. */
function mountsOf(pid: number | undefined): string {
	try {
		return readlinkSync(`/proc/${pid}/ns/mnt`);
	} catch {
		return "";
	}
}
