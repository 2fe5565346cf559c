/**
 * Images of pods that are held: as volumes of the pod, since the kubelet pulls
 * those before the first container starts. No container mounts them, so a pull
 * that fails, or a runtime that cannot mount images, holds nothing up.
 */
import { containersOf, type PodSpec } from "./gate-pod.ts";

export function gateImages(spec: PodSpec): readonly { name: string }[] {
	const images = containersOf(spec)
		// Never: whoever says so puts the images on the nodes.
		.filter((it) => it.imagePullPolicy !== "Never")
		.flatMap((it) => it.image ?? []);
	return [...new Set(images)].map((reference, at) => ({
		name: `twin-image-${at}`,
		image: { reference, pullPolicy: "IfNotPresent" },
	}));
}
