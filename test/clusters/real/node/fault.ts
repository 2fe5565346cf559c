import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { networkFault } from "../network.ts";
import { cgroupsOf, makeCgroup, removeCgroup } from "./cgroup.ts";

/** Why no kubelet can run on this machine, and what would help; undefined when one can. */
export function nodeFault(): string | undefined {
	if (process.platform !== "linux") return "a real node needs Linux";
	if (process.getuid?.() !== 0) return "a real node needs root";
	const network = networkFault();
	if (network) return network;
	const cgroup = `two-trial-${process.pid}`;
	try {
		makeCgroup(cgroup);
	} catch (error) {
		return `a real node needs to make cgroups (in a container: privileged, with its own cgroup namespace): ${(error as Error).message}`;
	} finally {
		for (const it of cgroupsOf(cgroup)) removeCgroup(it);
	}
	try {
		execFileSync("unshare", ["--mount", "true"], { stdio: "pipe" });
	} catch (error) {
		return `a real node needs mount namespaces of its own (CAP_SYS_ADMIN, and the package util-linux): ${(error as Error).message.trim()}`;
	}
	if (!/\boverlay$/m.test(readFileSync("/proc/filesystems", "utf8"))) {
		return "a real node needs overlayfs in the kernel: modprobe overlay";
	}
	return undefined;
}
