/** What is there of the agent of a Managed region, read anew before each step. */
import type { KubeObject } from "../../api/object.ts";
import {
	type AgentPart,
	type AgentSettings,
	addressesIn,
	agentObjects,
	agentParts,
	idOf,
	isOutstanding,
	othersAgent,
	unavailable,
	type Wanted,
} from "../../core/hub/agent-install.ts";
import type { AgentSeen } from "../../core/hub/agent-rollout.ts";
import type { Problem } from "../../core/hub/problem.ts";
import { credentialsOf, type Outstanding, type Twin } from "./agent-account.ts";
import { faultOf, notAnswering } from "./agent-refusal.ts";
import type { AgentKit, HubContext } from "./context.ts";
import type { RegionLink } from "./link.ts";
import { REQUEST_TIMEOUT_MS } from "./request.ts";

/** One region, and what is known of it in this turn. */
export interface Looked {
	readonly link: RegionLink;
	readonly outstanding: readonly Wanted[];
	readonly credentials: readonly Outstanding[];
	readonly seen: AgentSeen;
}

type Objects = { readonly live: ReadonlyMap<string, KubeObject> } | Problem;

export async function look(
	hub: HubContext,
	kit: AgentKit,
	links: readonly RegionLink[],
): Promise<readonly Looked[]> {
	const parts = agentParts(kit.manifests);
	const all = await Promise.all(
		links.map(async (link) => ({
			link,
			read: await readAll(hub, link, parts),
		})),
	);
	return Promise.all(
		all.map(({ link, read }) => {
			const other = all.find((it) => it.link !== link);
			return lookAt(hub, kit, { link, read, other });
		}),
	);
}

async function readAll(
	hub: HubContext,
	link: RegionLink,
	parts: readonly AgentPart[],
): Promise<Objects> {
	if (link.health.kind !== "Alive") return notAnswering(link.name);
	const live = new Map<string, KubeObject>();
	for (const { resource, rendered } of parts) {
		const { name = "" } = rendered.metadata;
		const answer = await link.api.request({
			verb: "get",
			resource,
			...(resource.namespaced ? { namespace: hub.namespace } : {}),
			name,
			timeoutMs: REQUEST_TIMEOUT_MS,
		});
		const fault = faultOf(answer, link.name, `${resource.kind} ${name}`);
		if (fault) return fault;
		if (answer.kind === "ok") live.set(idOf(rendered), answer.body);
	}
	return { live };
}

interface Around {
	readonly link: RegionLink;
	readonly read: Objects;
	readonly other:
		| { readonly link: RegionLink; readonly read: Objects }
		| undefined;
}

async function lookAt(
	hub: HubContext,
	kit: AgentKit,
	{ link, read, other }: Around,
): Promise<Looked> {
	const { name } = link;
	if ("reason" in read) return blind(link, read);
	const { live } = read;
	const settings = settingsOf(hub, kit, name, other?.link.name ?? "");
	const others = othersAgent(live, settings);
	if (others !== undefined)
		return blind(link, {
			reason: "InstallRefused",
			message: `Nothing is written, since ${others}.`,
		});
	const wanted = agentObjects(
		kit.manifests,
		settings,
		addressesIn(kit.manifests, live),
	);
	const outstanding = wanted.filter((it) =>
		isOutstanding(it, live.get(idOf(it.object))),
	);
	const credentials = await credentialsOf(
		hub,
		kit,
		link,
		other && twinOf(other),
	);
	if ("reason" in credentials) return blind(link, credentials);
	const deployments = agentParts(kit.manifests)
		.map((it) => it.rendered)
		.filter((it) => it.kind === "Deployment");
	const rollout = deployments
		.map((it) => [idOf(it), unavailable(live.get(idOf(it)))] as const)
		.find(([, words]) => words !== undefined);
	const names = (isDeployment: boolean) =>
		outstanding
			.filter((it) => (it.object.kind === "Deployment") === isDeployment)
			.map((it) => idOf(it.object));
	const { agent } = link;
	return {
		...{ link, outstanding },
		credentials,
		seen: {
			name,
			base: names(false),
			credentials: credentials.map((it) => `Secret ${it.secret} ${it.why}`),
			deployments: names(true),
			isPresent: deployments.some((it) => live.has(idOf(it))),
			...(rollout ? { rollout: rollout.join(" ") } : {}),
			atWork:
				agent === undefined
					? true
					: agent.reason === "AgentMissing"
						? false
						: undefined,
			holds: hub.grants.of(name)?.kind === "Held",
		},
	};
}

const twinOf = ({ link, read }: NonNullable<Around["other"]>): Twin =>
	"reason" in read ? { link } : { link, live: read.live };

const blind = (link: RegionLink, fault: Problem): Looked => ({
	...{ link, outstanding: [], credentials: [] },
	seen: {
		...{ name: link.name, fault },
		...{ base: [], credentials: [], deployments: [] },
		...{ isPresent: false, atWork: undefined, holds: false },
	},
});

const settingsOf = (
	hub: HubContext,
	{ image, gateImage, profile }: AgentKit,
	region: string,
	twin: string,
): AgentSettings => ({
	...{ region, twin, image, gateImage },
	profile,
	installation: hub.installation,
	namespace: hub.namespace,
});
