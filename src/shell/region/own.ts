/** What the grant machine asks of a region's own sides. */
import { TWIN_SIDE } from "../../api/kind.ts";
import { INSTALLATION } from "../../api/label.ts";
import type { KubeObject } from "../../api/object.ts";
import type { OwnSide } from "../../core/region/grant/return.ts";
import type { Policy, Role } from "../../core/region/side.ts";
import { listPages } from "../lister.ts";
import type { Api } from "../port.ts";
import { REQUEST_TIMEOUT_MS } from "./context.ts";

export interface OwnSidesOptions {
	readonly region: string;
	readonly installation: string;
	readonly api: Api;
	readonly signal: AbortSignal;
}

/**
 * A consistent list, made now (rules 11, 12 and 21). Undefined: not known.
 * Sides that are meant for another region are left out: nothing is ever done
 * with them here.
 */
export async function listOwnSides(
	options: OwnSidesOptions,
): Promise<readonly OwnSide[] | undefined> {
	const found = new Map<string, OwnSide>();
	const fault = await listPages(
		options.api,
		{
			resource: TWIN_SIDE,
			query: { labelSelector: `${INSTALLATION}=${options.installation}` },
			timeoutMs: REQUEST_TIMEOUT_MS,
			signal: options.signal,
		},
		(items) => {
			for (const it of items) {
				const side = ownSide(it, options.region);
				if (side) found.set(side.uid, side);
			}
		},
	);
	return fault ? undefined : [...found.values()];
}

function ownSide(object: KubeObject, region: string): OwnSide | undefined {
	const { metadata } = object;
	const spec = (object.spec ?? {}) as { region?: string; policy?: Policy };
	const status = (object.status ?? {}) as { role?: Role; epoch?: number };
	if (spec.region !== region) return undefined;
	return {
		key: `${metadata.namespace}/${metadata.name}`,
		uid: metadata.uid ?? "",
		policy: spec.policy ?? "Exclusive",
		role: status.role ?? "Standby",
		epoch: status.epoch ?? 0,
		deleting: metadata.deletionTimestamp !== undefined,
	};
}
