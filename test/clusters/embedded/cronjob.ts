import { at, type Dict, dict, text } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { nameOf, spaceOf, uidOf } from "./lister.ts";
import type { ApiServer } from "./server.ts";

/** Starts Jobs: every minute or every N minutes by schedule; other schedules only when triggered. */
export class CronJobs {
	readonly #server: ApiServer;
	readonly #kind: (plural: string) => Kind;
	readonly #wall: () => Date;

	constructor(
		server: ApiServer,
		kind: (plural: string) => Kind,
		wall: () => Date,
	) {
		this.#server = server;
		this.#kind = kind;
		this.#wall = wall;
	}

	tick(): void {
		const minute = Math.floor(this.#wall().getTime() / 60_000);
		for (const it of this.#server.store.list(
			this.#kind("cronjobs"),
			undefined,
		)) {
			const found = /^\*(?:\/(\d+))? \* \* \* \*$/.exec(
				text(at(it, "spec", "schedule")),
			);
			if (found && minute % Number(found[1] ?? 1) === 0)
				this.#start(it, minute);
		}
	}

	run(namespace: string, name: string): void {
		const found = this.#server.store.get(
			this.#kind("cronjobs"),
			namespace,
			name,
		);
		if (found) this.#start(found, Math.floor(this.#wall().getTime() / 60_000));
	}

	#start(cronJob: Dict, minute: number): void {
		if (
			at(cronJob, "spec", "suspend") === true ||
			at(cronJob, "metadata", "deletionTimestamp")
		)
			return;
		const template = dict(at(cronJob, "spec", "jobTemplate"));
		const owner = {
			apiVersion: "batch/v1",
			kind: "CronJob",
			name: nameOf(cronJob),
			uid: uidOf(cronJob),
			controller: true,
			blockOwnerDeletion: true,
		};
		const namespace = spaceOf(cronJob);
		const body = {
			apiVersion: "batch/v1",
			kind: "Job",
			metadata: {
				...dict(template.metadata),
				name: `${nameOf(cronJob)}-${minute}`,
				namespace,
				ownerReferences: [owner],
			},
			spec: template.spec,
		};
		this.#server.perform({
			verb: "create",
			group: "batch",
			version: "v1",
			plural: "jobs",
			namespace,
			body,
			query: {},
			agent: "kube-controller-manager",
		});
	}
}
