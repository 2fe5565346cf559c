/**
 * Takes rule 7 out, by which an agent takes its twin's grant over, wherever the
 * process loads it: `NODE_OPTIONS=--import=…/without-promotion.mjs`. Text
 * against text, so that the product needs no switch for its own test.
 */
import { registerHooks } from "node:module";

const RULE =
	"if (!isOld(own, timing) || !isOld(hub, timing)) return undefined;";

registerHooks({
	load(url, context, next) {
		const loaded = next(url, context);
		if (!url.endsWith("/src/core/region/grant/takeover.ts")) return loaded;
		const source = loaded.source.toString();
		if (!source.includes(RULE)) throw new Error(`${url} has no "${RULE}"`);
		return { ...loaded, source: source.replace(RULE, "return undefined;") };
	},
});
