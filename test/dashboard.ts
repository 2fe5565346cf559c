import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Panel {
	readonly id: number;
	readonly type: string;
	readonly title: string;
	readonly description: string;
	readonly datasource: { readonly type: string; readonly uid: string };
	readonly gridPos: { x: number; y: number; w: number; h: number };
	readonly targets: readonly {
		readonly refId: string;
		readonly expr: string;
		readonly datasource: { readonly type: string; readonly uid: string };
	}[];
}

export interface Dashboard {
	readonly uid: string;
	readonly panels: readonly Panel[];
	readonly templating: {
		readonly list: readonly { name: string; type: string; query: string }[];
	};
}

const FILE = "../charts/twin-operator/files/dashboard.json";

export const dashboard = (): Dashboard =>
	JSON.parse(readFileSync(join(import.meta.dirname, FILE), "utf8"));
