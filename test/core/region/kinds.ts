/** The kinds that the tests look at. */
import {
	CRD,
	JOB,
	NAMESPACE,
	POD,
	type Resource,
	resourceOf,
	TWIN_SIDE,
} from "../../../src/api/kind.ts";
import type { KubeObject } from "../../../src/api/object.ts";
import { resource as known } from "./fixture.ts";

export const DEPLOYMENT = known("apps/v1", "Deployment");
export const CONFIG_MAP = known("v1", "ConfigMap");
export const SECRET = known("v1", "Secret");
export const CLAIM = known("v1", "PersistentVolumeClaim");
export const CRON_JOB = known("batch/v1", "CronJob");
export const HPA = known("autoscaling/v2", "HorizontalPodAutoscaler");

export const kindOf = (body: KubeObject): Resource => {
	const found =
		[TWIN_SIDE, NAMESPACE, CRD, POD, JOB].find((it) => it.kind === body.kind) ??
		resourceOf(body.apiVersion, body.kind);
	if (!found) throw new Error(`no such kind: ${body.kind}`);
	return found;
};
