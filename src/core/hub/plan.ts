/** What the rules said about one look at a service; status, events and actions are made of it. */
import type { DeletionStep } from "./deletion.ts";
import type { Election } from "./elected.ts";
import type { OperationStep } from "./operation-step.ts";
import type { SyncStep } from "./sync.ts";

export interface Plan {
	readonly election: Election;
	readonly sync: SyncStep;
	readonly step?: OperationStep;
	readonly deletion?: DeletionStep;
}
