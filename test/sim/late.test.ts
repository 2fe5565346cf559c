/** Writes that arrive when nobody waits for them any more. */
import { expect, it } from "vitest";
import { TWIN_OPERATION } from "../../src/api/kind.ts";
import { NAMESPACE, plain } from "./service.ts";
import { Stage } from "./stage.ts";
import * as user from "./user.ts";

/** Everything that the hub writes into sides in south comes 30 s late. */
const holdUp = ({ world }: Stage) =>
	world.lines.south.trouble(({ verb, resource }) =>
		verb === "merge" && resource.kind === "TwinSide"
			? { thereMs: 30_000 }
			: undefined,
	);

it.each([1, 2, 3, 4, 5, 6])(
	"a wish of a switchover that nobody wants any more starts nothing, seed %d",
	async (seed) => {
		const stage = new Stage({
			seed,
			agent: "External",
			services: [{ ...plain, policy: "Manual" }],
		});
		const { world } = stage;
		world.start();
		await stage.settled();
		const name = user.move(world, "web", { type: "Switchover" });
		await stage.until(
			"north is standby",
			() => stage.role("north") === "Standby",
		);
		const before = stage.writes.length;
		const mend = holdUp(stage);
		await stage.until("south is wished for", () =>
			stage.writes
				.slice(before)
				.some((it) => it.cluster === "south" && it.what.includes("twinsides")),
		);
		world.hubProcess?.kill();
		mend();
		world.kubectl(world.hub, "delete", TWIN_OPERATION, {
			namespace: NAMESPACE,
			...(name ? { name } : {}),
			body: {},
		});
		world.startHub();
		await stage.until("north is back", () => stage.role("north") === "Active");
		await stage.pass(60);
		expect(stage.active()).toBe("north");
		await stage.settled();
		expect(stage.end()).toEqual([]);
	},
);
