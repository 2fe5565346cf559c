import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { programs } from "../clusters/real/binaries.ts";
import { TOOLS } from "../clusters/real/tool.ts";

export const ROOT = join(import.meta.dirname, "../..");

/** Runs one of the tools in the project's folder. Throws with everything that it said. */
export async function tool(
	name: "promtool" | "argocd" | "kstatus",
	args: readonly string[],
	input = "",
): Promise<string> {
	const program = (await programs(TOOLS)).get(name) ?? name;
	try {
		return execFileSync(program, args, {
			cwd: ROOT,
			encoding: "utf8",
			input,
			stdio: "pipe",
		});
	} catch (thrown) {
		const { stdout, stderr } = thrown as { stdout?: string; stderr?: string };
		throw new Error(
			`${name} ${args.join(" ")}:\n${stdout ?? ""}${stderr ?? thrown}`,
		);
	}
}
