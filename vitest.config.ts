import { defineConfig } from "vitest/config";

const SECOND = 1_000;

/** A layer of tests: which files, and how long one test may take on a slow machine. */
const layer = (
	name: string,
	include: string[],
	testTimeoutSeconds: number,
	together = true,
) => ({
	test: {
		name,
		include,
		testTimeout: testTimeoutSeconds * SECOND,
		hookTimeout: testTimeoutSeconds * SECOND,
		// The order of the files does not matter; two worlds of control planes fit.
		fileParallelism: together,
	},
});

export default defineConfig({
	test: {
		projects: [
			layer(
				"rules",
				[
					"test/*.test.ts",
					"test/core/**/*.test.ts",
					"test/adapters/**/*.test.ts",
					"test/cli/**/*.test.ts",
					"test/clusters/**/*.test.ts",
				],
				30,
			),
			layer("embedded", ["test/contract/embedded*.test.ts"], 60),
			layer("sim", ["test/sim/**/*.test.ts"], 300),
			layer("demo", ["test/demo/**/*.test.ts"], 300, false),
			layer("tools", ["test/tools/**/*.test.ts"], 120),
			layer("contract", ["test/contract/real*.test.ts"], 300, false),
			layer("cluster", ["test/cluster/**/*.test.ts"], 300),
			layer("node", ["test/node/**/*.test.ts"], 300, false),
		],
	},
});
