/**
 * What would come of a service if a region, or the hub, were lost now: from what
 * its status says, in the order in which election and grants would decide.
 */
import type { Condition } from "../../api/condition.ts";
import type { TwinService } from "../../api/types.ts";

export type Outcome =
	/** It runs where it runs. */
	| "GoesOn"
	/** The other region takes over without anybody. */
	| "Promoted"
	/** It is down until a person decides. */
	| "PersonNeeded"
	/** It is down until the region is back. */
	| "Down";

export interface Prospect {
	/** A region's name, or undefined for the hub. */
	readonly lost?: string;
	readonly outcome: Outcome;
	readonly message: string;
}

/** Both regions and the hub, one after the other; none before the service is placed. */
export function prospectsOf(service: TwinService): readonly Prospect[] {
	const { activeCluster: active, standbyCluster: standby } =
		service.status ?? {};
	if (!active) return [];
	return [
		{ lost: active, ...withoutActive(service, active, standby) },
		...(standby
			? [{ lost: standby, ...withoutStandby(service, active, standby) }]
			: []),
		withoutHub(service, active, standby),
	];
}

type Judged = Pick<Prospect, "outcome" | "message">;

function withoutActive(
	service: TwinService,
	active: string,
	standby: string | undefined,
): Judged {
	const { spec } = service;
	const redundant = conditionOf(service, "Redundant");
	if (!standby)
		return {
			outcome: "Down",
			message: `No standby region is known yet, so it stays down until ${active} is back.`,
		};
	if (redundant?.reason === "NoFencing")
		return {
			outcome: "PersonNeeded",
			message: `Nothing moves it by itself: no agents hold grants. Run an agent in both regions; or set spec.promotion.policy to Manual and use kubectl twin failover.`,
		};
	if (redundant?.status !== "True")
		return {
			outcome: "Down",
			message: `${standby} could not take over now: ${redundant?.message ?? "nobody has said yet whether it could."}`,
		};
	if (spec.promotion?.policy === "Manual")
		return {
			outcome: "PersonNeeded",
			message: `A person decides: kubectl twin failover ${service.metadata?.name} -n ${service.metadata?.namespace} (may lose data that had not been replicated).`,
		};
	return spec.promotion?.policy === "Available"
		? {
				outcome: "Promoted",
				message: `The hub makes ${standby} active as soon as ${active} counts as lost. Where ${active} is cut off and not dead, both run for a while.`,
			}
		: {
				outcome: "Promoted",
				message: `${standby} takes over by itself once the grant of ${active} has stood still for the profile's loss time (Fast 11.2 s, Standard 21.4 s, Patient 62.2 s), and pods in ${active} have stopped before.`,
			};
}

function withoutStandby(
	{ spec }: TwinService,
	active: string,
	standby: string,
): Judged {
	const both =
		spec.promotion?.policy === "Exclusive"
			? ` If the hub is lost as well, ${active} stops too: nobody is left to confirm its grant, and a person may force it.`
			: "";
	return {
		outcome: "GoesOn",
		message: `It runs on in ${active}, and could not be taken over until ${standby} is back.${both}`,
	};
}

function withoutHub(
	{ spec }: TwinService,
	active: string,
	standby: string | undefined,
): Prospect {
	return {
		outcome: "GoesOn",
		message:
			spec.promotion?.policy === "Exclusive"
				? `It runs on in ${active} while ${standby ?? "the other region"} confirms its grant. Nothing is promoted until a hub is back; one built anew from Git moves nothing.`
				: `It runs on in ${active}. Nothing is promoted until a hub is back; one built anew from Git moves nothing.`,
	};
}

const conditionOf = (
	{ status }: TwinService,
	type: string,
): Condition | undefined =>
	(status?.conditions as readonly Condition[] | undefined)?.find(
		(it) => it.type === type,
	);
