/** What metrics tell of services and regions: the same as their status. */
import type { Condition } from "../../api/condition.ts";
import type { TwinClusterStatus, TwinServiceStatus } from "../../api/types.ts";
import type { ServiceView } from "../../core/hub/service-view.ts";
import type { Metrics } from "../port.ts";

type Labels = Readonly<Record<string, string>>;
type Kind =
	| "twin_operator_service_condition"
	| "twin_operator_cluster_condition";
const ACTIVE = "twin_operator_service_active";
const REACHABLE = "twin_operator_region_reachable";
const EXPIRY = "twin_operator_credentials_expiry_timestamp_seconds";

export interface RegionMeasured {
	readonly reachable: boolean;
	readonly status: TwinClusterStatus;
	readonly credentialsEnd: Date | undefined;
}

export class Gauges {
	readonly #metrics: Metrics | undefined;
	/** By subject: the series that are there, so that they can be taken away. */
	readonly #shown = new Map<string, readonly Labels[]>();
	readonly #clusters = new Map<string, readonly string[]>();

	constructor(metrics: Metrics | undefined) {
		this.#metrics = metrics;
	}

	/** `status` was written now, in the place of `service.status`. */
	recorded(service: ServiceView, status: TwinServiceStatus): void {
		this.service(service, status);
		const move = status.lastTransition;
		const before = service.status.lastTransition;
		if (!move?.readyAt || before?.readyAt === move.readyAt) return;
		const { kind, recoverySeconds } = move;
		this.#metrics?.count("twin_operator_transitions_total", { kind });
		if (recoverySeconds !== undefined)
			this.#metrics?.observe(
				"twin_operator_recovery_seconds",
				{ kind },
				recoverySeconds,
			);
	}

	service(
		{ key, namespace, name: service, clusters }: ServiceView,
		{ activeCluster, conditions }: TwinServiceStatus,
	): void {
		const subject = { namespace, service };
		const named = activeCluster ? [...clusters, activeCluster] : clusters;
		for (const cluster of this.#clusters.get(key) ?? [])
			if (!named.includes(cluster))
				this.#metrics?.drop(ACTIVE, { ...subject, cluster });
		this.#clusters.set(key, named);
		for (const cluster of named) {
			const value = cluster === activeCluster ? 1 : 0;
			this.#metrics?.set(ACTIVE, { ...subject, cluster }, value);
		}
		this.#show("twin_operator_service_condition", key, subject, conditions);
	}

	forgetService({ key, namespace, name: service }: ServiceView): void {
		for (const cluster of this.#clusters.get(key) ?? [])
			this.#metrics?.drop(ACTIVE, { namespace, service, cluster });
		this.#clusters.delete(key);
		this.#show("twin_operator_service_condition", key, {}, []);
	}

	region(cluster: string, seen: RegionMeasured): void {
		this.#metrics?.set(REACHABLE, { cluster }, seen.reachable ? 1 : 0);
		const end = seen.credentialsEnd;
		if (end) this.#metrics?.set(EXPIRY, { cluster }, end.getTime() / 1_000);
		else this.#metrics?.drop(EXPIRY, { cluster });
		this.#show(
			"twin_operator_cluster_condition",
			cluster,
			{ cluster },
			seen.status.conditions,
		);
	}

	forgetRegion(cluster: string): void {
		this.#metrics?.drop(REACHABLE, { cluster });
		this.#metrics?.drop(EXPIRY, { cluster });
		this.#show("twin_operator_cluster_condition", cluster, {}, []);
	}

	#show(
		kind: Kind,
		key: string,
		subject: Labels,
		conditions: readonly Pick<Condition, "type" | "status" | "reason">[] = [],
	): void {
		// A service's key has a slash, a region's name has none.
		const before = this.#shown.get(key) ?? [];
		const now = conditions.map(({ type, status, reason }) => ({
			...subject,
			condition: type,
			status,
			reason,
		}));
		for (const it of before)
			if (!now.some((n) => isSame(n, it))) this.#metrics?.drop(kind, it);
		for (const it of now) this.#metrics?.set(kind, it, 1);
		if (now.length > 0) this.#shown.set(key, now);
		else this.#shown.delete(key);
	}
}

const isSame = (a: Labels, b: Labels): boolean =>
	Object.keys(a).every((it) => a[it] === b[it]);
