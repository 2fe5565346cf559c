/** Programs that judge what this project ships for them: its alerts, its health checks for Argo CD, and the status of its objects. */
import type { Part } from "./part.ts";

const PROMETHEUS = "3.16.0";
/** Its Go module counts another way: v3.16.0 is v0.316.0. */
const PROMETHEUS_MODULE = "v0.316.0";
export const ARGOCD = "3.5.7";
const KSTATUS = "0.37.2";

/** Alone, for tests that run Argo CD itself. */
export const ARGOCD_PARTS: readonly Part[] = [
	{
		name: "argocd",
		version: `v${ARGOCD}`,
		// All of Argo CD in one program, which goes by the name it is called by.
		programs: { argocd: "github.com/argoproj/argo-cd/v3/cmd" },
		ldflags: "-s -w",
		buildSeconds: 230,
		release: (program, { os, arch }) => {
			const base = `https://github.com/argoproj/argo-cd/releases/download/v${ARGOCD}`;
			return {
				url: `${base}/${program}-${os}-${arch}`,
				checksumUrl: `${base}/cli_checksums.txt`,
			};
		},
	},
];

const PROMTOOL: Part = {
	name: "prometheus",
	version: PROMETHEUS_MODULE,
	programs: { promtool: "github.com/prometheus/prometheus/cmd/promtool" },
	ldflags: "-s -w",
	buildSeconds: 240,
	release: (program, { os, arch }) => {
		const base = `https://github.com/prometheus/prometheus/releases/download/v${PROMETHEUS}`;
		const name = `prometheus-${PROMETHEUS}.${os}-${arch}`;
		return {
			url: `${base}/${name}.tar.gz`,
			checksumUrl: `${base}/sha256sums.txt`,
			member: `${name}/${program}`,
		};
	},
};

/** The server, for the picture of the dashboard alone; built without its pages. */
export const PROMETHEUS_SERVER: readonly Part[] = [
	{
		...PROMTOOL,
		name: "prometheus-server",
		module: "prometheus",
		programs: { prometheus: "github.com/prometheus/prometheus/cmd/prometheus" },
	},
];

export const TOOLS: readonly Part[] = [
	...ARGOCD_PARTS,
	PROMTOOL,
	{
		name: "kstatus",
		version: `v${KSTATUS}`,
		// A library; the program around it is our own.
		programs: { kstatus: "." },
		ldflags: "-s -w",
		buildSeconds: 20,
	},
];
