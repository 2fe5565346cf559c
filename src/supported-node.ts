/**
 * A person's own Node may be too old, and would end in the middle of a package's
 * code. Imports nothing, so that it can say so. The same as `engines`.
 */
const NEEDED = [22, 19] as const;

/** Sets the exit code to what `run` resolves with. */
export async function onSupportedNode(
	run: () => Promise<number>,
): Promise<void> {
	const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
	const [needed, least] = NEEDED;
	if (major > needed || (major === needed && minor >= least)) {
		process.exitCode = await run();
		return;
	}
	console.error(
		`kubectl twin needs Node.js ${NEEDED.join(".")} or newer, and this is ${process.version}: put a newer one on the PATH.`,
	);
	process.exitCode = 2;
}
