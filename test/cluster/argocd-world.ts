/** A hub with a real Argo CD on it, two regions, a Git repository, and short words for what is done with them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { KubeObject } from "../../src/api/object.ts";
import { crds } from "../clusters/install.ts";
import {
	type ArgoCd,
	prepareArgoCd,
	startArgoCd,
} from "../clusters/real/argocd/argocd.ts";
import {
	createRepository,
	type Repository,
} from "../clusters/real/argocd/repository.ts";
import { until } from "../clusters/wait.ts";
import {
	type Application,
	applicationIn,
	clusterSecret,
	credentials,
	installArgoCd,
} from "./argocd-objects.ts";
import { changesOf, record } from "./argocd-watch.ts";
import {
	apply,
	get,
	openBare,
	pathOf,
	service,
	side,
	type World,
} from "./world.ts";

export interface GitOps {
	readonly world: World;
	readonly argocd: ArgoCd;
	readonly git: Repository;
	/** Commits, and tells Argo CD so, as a webhook of the Git server does. */
	push(name: string, files: Parameters<Repository["commit"]>[0]): Promise<void>;
	/** An action of Argo CD on the TwinService `web` of an Application. */
	act(name: string, action: string): Promise<void>;
	/** `argocd app wait`: synced, healthy, and nothing under way. */
	wait(name: string): Promise<Application>;
	/** Argo CD has compared three times more: self-heal would have written by now. */
	untilCompared(name: string): Promise<void>;
	untilApp(
		name: string,
		what: string,
		done: (it: Application) => boolean,
	): Promise<Application>;
	stop(): Promise<void>;
}

/** What Argo CD's ApplicationSet controller is for the API server: it runs with the rights of its account. */
const APPSET = {
	user: "system:serviceaccount:argocd:argocd-applicationset-controller",
	groups: ["system:serviceaccounts", "system:authenticated"],
};

/** Clusters that Argo CD is put over, and how all of it ends. */
export interface Opened {
	readonly world: World;
	stop(): Promise<void>;
}

/** No TwinCluster is registered yet, and the operator does not run. */
async function openUnregistered(): Promise<Opened> {
	const world = await openBare();
	const { hub, north, south, stop } = world;
	await apply(hub, ...crds(), ...credentials([north, south]));
	return { world, stop };
}

export async function openGitOps(
	open: () => Promise<Opened> = openUnregistered,
): Promise<GitOps> {
	await prepareArgoCd();
	const opened = await open();
	const { world } = opened;
	const { hub, north, south } = world;
	await installArgoCd(hub);
	await apply(hub, clusterSecret(north), clusterSecret(south));
	const path = join(hub.dir, "applicationset.kubeconfig");
	writeFileSync(path, await hub.kubeconfigFor(APPSET));
	const git = createRepository(join(hub.dir, "repository"));
	const argocd = await startArgoCd(hub, path);
	const untilApp: GitOps["untilApp"] = (name, what, done) =>
		until(
			`Application ${name} to be ${what}`,
			async () => {
				const it = await applicationIn(hub, name);
				if (it && done(it)) return it;
				throw new Error(JSON.stringify(it?.status ?? null));
			},
			{ timeoutMs: 120_000, everyMs: 250 },
		);
	return {
		...{ world, argocd, git, untilApp },
		push: async (name, files) => {
			git.commit(files);
			await argocd.cli("app", "get", name, "--refresh", "-o", "json");
		},
		act: async (name, action) => {
			const which = ["--kind", "TwinService", "--resource-name", "web"];
			await argocd.cli("app", "actions", "run", name, action, ...which);
		},
		untilCompared: async (name) => {
			const times = new Set<string | undefined>();
			await untilApp(name, "compared three times", ({ status }) => {
				return times.add(status?.reconciledAt).size > 3;
			});
		},
		wait: async (name) => {
			await argocd.cli("app", "wait", name, "--timeout", "120");
			return untilApp(name, "there", () => true);
		},
		stop: async () => {
			await argocd.stop();
			await opened.stop();
		},
	};
}

/** The TwinOperations of a namespace, oldest first. */
export async function operations(
	{ hub }: World,
	ns: string,
): Promise<KubeObject[]> {
	const path = `/apis/twin-operator.dev/v1alpha1/namespaces/${ns}/twinoperations`;
	const list = await get<{ items: KubeObject[] }>(hub, path);
	return (list?.items ?? []).toSorted((a, b) =>
		String(a.metadata.creationTimestamp).localeCompare(
			String(b.metadata.creationTimestamp),
		),
	);
}

export const healthOf = (it: Application) => it.status?.health?.status;
export const syncOf = (it: Application) => it.status?.sync?.status;
/** When Argo CD last began to write anything to the cluster. */
export const syncedAt = (it: Application) =>
	it.status?.operationState?.startedAt;

/**
 * Argo CD sees no difference throughout, and writes nothing, although it has
 * compared. What it saw: every version of each Application, by its name.
 */
export async function undisturbed<N extends string>(
	ops: GitOps,
	names: readonly N[],
	work: () => Promise<unknown>,
): Promise<Record<N, readonly Application[]>> {
	const recordings = await Promise.all(
		names.map((it) => record(ops.world.hub, it)),
	);
	await work();
	await Promise.all(names.map((it) => ops.untilCompared(it)));
	const seen = await Promise.all(recordings.map((it) => it.stop()));
	for (const it of seen) {
		expect(changesOf(it, syncOf)).toEqual(["Synced"]);
		expect(changesOf(it, syncedAt)).toHaveLength(1);
	}
	const pairs = names.map((name, nth) => [name, seen[nth]]);
	return Object.fromEntries(pairs);
}

/** Neither the service nor anything of it. */
export async function untilNowhere(world: World, ns: string): Promise<void> {
	await until(
		`${ns}/web to be gone everywhere`,
		async () => {
			const left = await Promise.all([
				service(world, ns),
				...[world.north, world.south].flatMap((it) => [
					side(it, ns),
					get(it, pathOf.deployment(ns, "web")),
				]),
			]);
			return left.every((it) => it === undefined);
		},
		// A garbage collector looks for new kinds twice a minute only.
		{ timeoutMs: 150_000 },
	);
}
