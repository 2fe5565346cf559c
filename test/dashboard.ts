import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Step {
	readonly color: string;
	/** From here up; null: from anywhere. */
	readonly value: number | null;
}

interface Mapping {
	readonly options: Readonly<Record<string, { text: string; color: string }>>;
}

/** How values are shown: what the panels of this dashboard use of Grafana's. */
export interface Look {
	readonly unit?: string;
	readonly decimals?: number;
	readonly min?: number;
	readonly max?: number;
	readonly noValue?: string;
	readonly mappings?: readonly Mapping[];
	readonly thresholds?: { readonly steps: readonly Step[] };
	readonly custom?: {
		readonly fillOpacity?: number;
		readonly lineInterpolation?: string;
		readonly thresholdsStyle?: { readonly mode: string };
	};
}

export interface Panel {
	readonly id: number;
	readonly type: string;
	readonly title: string;
	readonly description: string;
	readonly fieldConfig: { readonly defaults: Look };
	readonly options: {
		readonly textMode?: string;
		readonly colorMode?: string;
		readonly orientation?: string;
		readonly sortBy?: readonly { readonly displayName: string }[];
	};
	readonly transformations?: readonly {
		readonly options: { readonly indexByName: Record<string, number> };
	}[];
	readonly datasource: { readonly type: string; readonly uid: string };
	readonly gridPos: { x: number; y: number; w: number; h: number };
	readonly targets: readonly {
		readonly refId: string;
		readonly expr: string;
		readonly instant?: boolean;
		readonly legendFormat?: string;
		readonly datasource: { readonly type: string; readonly uid: string };
	}[];
}

export interface Dashboard {
	readonly uid: string;
	readonly title: string;
	readonly panels: readonly Panel[];
	readonly templating: {
		readonly list: readonly { name: string; type: string; query: string }[];
	};
}

const FILE = "../charts/twin-operator/files/dashboard.json";

export const dashboard = (): Dashboard =>
	JSON.parse(readFileSync(join(import.meta.dirname, FILE), "utf8"));
