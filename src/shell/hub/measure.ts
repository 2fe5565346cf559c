/** What metrics tell of services: the same as their status. */
import type { TwinServiceStatus } from "../../api/types.ts";
import type { ServiceView } from "../../core/hub/service.ts";
import type { HubContext } from "./context.ts";

/** `service.status` is what was written before, `now` what was written now. */
export function measure(
	hub: HubContext,
	service: ServiceView,
	now: TwinServiceStatus,
): void {
	const { metrics } = hub;
	if (!metrics) return;
	measureActive(hub, service, now);
	const move = now.lastTransition;
	const before = service.status.lastTransition;
	if (!move?.readyAt || before?.readyAt === move.readyAt) return;
	const { kind } = move;
	metrics.count("twin_operator_transitions_total", { kind });
	if (move.recoverySeconds !== undefined)
		metrics.observe(
			"twin_operator_recovery_seconds",
			{ kind },
			move.recoverySeconds,
		);
}

export function measureActive(
	{ metrics }: HubContext,
	service: ServiceView,
	status: TwinServiceStatus,
): void {
	for (const cluster of service.clusters) {
		metrics?.set(
			"twin_operator_service_active",
			{ namespace: service.namespace, service: service.name, cluster },
			cluster === status.activeCluster ? 1 : 0,
		);
	}
}
