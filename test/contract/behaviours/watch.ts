import { expect, it } from "vitest";
import { TWIN_SIDE } from "../../../src/api/kind.ts";
import { until } from "../../clusters/wait.ts";
import {
	CONFIG_MAP,
	configMap,
	create,
	done,
	list,
	MANAGER,
	remove,
	type Subject,
	space,
	watching,
} from "../subject.ts";

const LABELS = { labels: { contract: "watch" } };
const SELECTED = { labelSelector: "contract=watch" };

export function watched(subject: () => Subject): void {
	it("tells what is added, modified and deleted after a resourceVersion, in order", async () => {
		const { api } = subject();
		const namespace = await space(api);
		await create(api, CONFIG_MAP, namespace, configMap("before", {}, LABELS));
		const { metadata } = await list(api, CONFIG_MAP, namespace);
		const watch = watching(api, CONFIG_MAP, {
			namespace,
			resourceVersion: metadata.resourceVersion,
			...SELECTED,
		});
		await create(api, CONFIG_MAP, namespace, configMap("a", {}, LABELS));
		await done(api, CONFIG_MAP, {
			verb: "merge",
			namespace,
			name: "a",
			query: { fieldManager: MANAGER },
			body: { data: { a: "2" } },
		});
		await remove(api, CONFIG_MAP, namespace, "a");
		await until("three events", () => watch.told().length >= 3);
		expect(watch.told()).toEqual(["ADDED a", "MODIFIED a", "DELETED a"]);
		const versions = watch.events.map((it) =>
			"object" in it ? Number(it.object.metadata.resourceVersion) : 0,
		);
		expect(versions).toEqual([...versions].sort((a, b) => a - b));
		watch.stop();
		expect(await watch.ended).toEqual({ kind: "closed" });
	});

	it("tells what happened between the list and the watch", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await list(api, CONFIG_MAP, namespace);
		await create(api, CONFIG_MAP, namespace, configMap("a", {}, LABELS));
		await remove(api, CONFIG_MAP, namespace, "a");
		const watch = watching(api, CONFIG_MAP, {
			namespace,
			resourceVersion: metadata.resourceVersion,
			...SELECTED,
		});
		await until("two events", () => watch.told().length >= 2);
		expect(watch.told()).toEqual(["ADDED a", "DELETED a"]);
		watch.stop();
	});

	it("tells an object that stops matching the selector as deleted, and as added when it matches again", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await list(api, CONFIG_MAP, namespace);
		const watch = watching(api, CONFIG_MAP, {
			namespace,
			resourceVersion: metadata.resourceVersion,
			...SELECTED,
		});
		await create(api, CONFIG_MAP, namespace, configMap("a"));
		const label = (value: string | null) =>
			done(api, CONFIG_MAP, {
				verb: "merge",
				namespace,
				name: "a",
				query: { fieldManager: MANAGER },
				body: { metadata: { labels: { contract: value } } },
			});
		await label("watch");
		await label(null);
		await label("watch");
		await until("three events", () => watch.told().length >= 3);
		expect(watch.told()).toEqual(["ADDED a", "DELETED a", "ADDED a"]);
		watch.stop();
	});

	it("tells objects of its own namespace only, or of all", async () => {
		const { api } = subject();
		const [one, other] = [await space(api), await space(api)];
		const { metadata } = await list(api, CONFIG_MAP, one);
		const labels = { labels: { contract: `watch-${one}` } };
		const labelSelector = `contract=watch-${one}`;
		const narrow = watching(api, CONFIG_MAP, {
			namespace: one,
			resourceVersion: metadata.resourceVersion,
			labelSelector,
		});
		const wide = watching(api, CONFIG_MAP, {
			resourceVersion: metadata.resourceVersion,
			labelSelector,
		});
		await create(api, CONFIG_MAP, other, configMap("b", {}, labels));
		await create(api, CONFIG_MAP, one, configMap("a", {}, labels));
		await until(
			"both to be told",
			() => wide.told().length >= 2 && narrow.told().length >= 1,
		);
		expect(wide.told()).toEqual(["ADDED b", "ADDED a"]);
		expect(narrow.told()).toEqual(["ADDED a"]);
		narrow.stop();
		wide.stop();
	});

	it("tells the kind of an object", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await list(api, CONFIG_MAP, namespace);
		const watch = watching(api, CONFIG_MAP, {
			namespace,
			resourceVersion: metadata.resourceVersion,
			...SELECTED,
		});
		await create(api, CONFIG_MAP, namespace, configMap("a", {}, LABELS));
		await until("an event", () => watch.told().length >= 1);
		expect(watch.events[0]).toMatchObject({
			object: { apiVersion: "v1", kind: "ConfigMap" },
		});
		watch.stop();
	});

	it("sends bookmarks", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await list(api, CONFIG_MAP, namespace);
		const watch = watching(api, CONFIG_MAP, {
			namespace,
			resourceVersion: metadata.resourceVersion,
			...SELECTED,
		});
		let ended: unknown;
		void watch.ended.then((how) => {
			ended = how;
		});
		// About once a minute, and never promised for a moment: two may be missed.
		const bookmark = await until(
			"a bookmark",
			() => {
				if (ended) throw new Error(`the watch ended: ${JSON.stringify(ended)}`);
				return watch.events.find((it) => it.type === "BOOKMARK");
			},
			{ timeoutMs: 210_000 },
		);
		expect(bookmark).toEqual({
			type: "BOOKMARK",
			resourceVersion: expect.stringMatching(/^\d+$/),
		});
		watch.stop();
	}, 240_000);

	it("ends as expired when the resourceVersion is too old", async () => {
		const { api } = subject();
		// The history of a custom kind begins when its CRD is served, and no sooner.
		const watch = watching(api, TWIN_SIDE, {
			namespace: await space(api),
			resourceVersion: "1",
		});
		expect(await watch.ended).toEqual({ kind: "expired" });
	});

	it("tells nothing to a watch that starts in the future, and does not say so", async () => {
		const { api } = subject();
		const namespace = await space(api);
		const { metadata } = await list(api, CONFIG_MAP, namespace);
		const now = watching(api, CONFIG_MAP, {
			namespace,
			resourceVersion: metadata.resourceVersion,
			...SELECTED,
		});
		const future = watching(api, CONFIG_MAP, {
			namespace,
			resourceVersion: "900000000",
			...SELECTED,
		});
		await create(api, CONFIG_MAP, namespace, configMap("a", {}, LABELS));
		await until("the other watch to tell", () => now.told().length === 1);
		expect(future.told()).toEqual([]);
		now.stop();
		future.stop();
		expect(await future.ended).toEqual({ kind: "closed" });
	});

	it("ends as failed for a kind that is not served", async () => {
		const { api } = subject();
		const unknown = {
			group: "contract.example",
			version: "v1",
			kind: "Nothing",
			plural: "nothings",
			namespaced: true,
		};
		expect(
			await watching(api, unknown, { resourceVersion: "1" }).ended,
		).toMatchObject({
			kind: "failed",
			answer: { kind: "refused", status: 404 },
		});
	});

	it("ends as failed for credentials it does not know", async () => {
		const { stranger } = subject();
		expect(
			await watching(stranger, CONFIG_MAP, { resourceVersion: "1" }).ended,
		).toMatchObject({
			kind: "failed",
			answer: { kind: "refused", status: 401 },
		});
	});
}
