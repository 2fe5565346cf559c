/**
 * The ClusterProfiles of the hub, watched from the first TwinCluster on that
 * names one: most hubs do not serve the kind, and need no rights on it.
 */
import { CLUSTER_PROFILE } from "../../api/kind.ts";
import {
	type ProfileView,
	parseProfile,
} from "../../core/hub/cluster-profile.ts";
import type { ProfileRead } from "../../core/hub/credentials.ts";
import { Reflector, type ReflectorOptions } from "../reflector.ts";

export interface ProfilesOptions
	extends Pick<
		ReflectorOptions<ProfileView>,
		"cluster" | "api" | "clock" | "random" | "log" | "metrics"
	> {
	readonly onChange: () => void;
}

/** So long a first list may take before its absence is a fault. */
const PATIENCE_MS = 10_000;

export class Profiles {
	readonly #options: ProfilesOptions;
	readonly #stop = new AbortController();
	#reflector: Reflector<ProfileView> | undefined;
	/** Resolves when something can be said of profiles, if only that they cannot be read. */
	whenSettled: Promise<void> = Promise.resolve();
	isSettled = true;

	constructor(options: ProfilesOptions) {
		this.#options = options;
	}

	follow(): void {
		if (this.#reflector || this.#stop.signal.aborted) return;
		const { onChange, clock } = this.#options;
		const reflector = new Reflector<ProfileView>({
			...this.#options,
			resource: CLUSTER_PROFILE,
			project: parseProfile,
			onChange,
			onConnected: onChange,
		});
		this.#reflector = reflector.start();
		this.isSettled = false;
		this.whenSettled = Promise.race([
			reflector.whenSynced,
			clock.sleep(PATIENCE_MS, this.#stop.signal),
		]).then(() => {
			this.isSettled = true;
			onChange();
		});
	}

	read(key: string): ProfileRead {
		const reflector = this.#reflector;
		if (reflector?.synced) return { profile: reflector.get(key) };
		const why = reflector?.fault;
		return {
			fault: `which cannot be read${why ? `: ${why.message}` : " yet"}. The hub's cluster has to serve ClusterProfiles (${CLUSTER_PROFILE.group}/${CLUSTER_PROFILE.version}), and the hub's account has to be allowed to list and watch them.`,
		};
	}

	nudge(): void {
		this.#reflector?.nudge();
	}

	async stop(): Promise<void> {
		this.#stop.abort();
		await this.#reflector?.stop();
	}
}
