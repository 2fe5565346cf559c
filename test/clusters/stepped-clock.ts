/**
 * `node --import` this: the wall clock of the process jumps by
 * TWIN_OPERATOR_STEP_MS with each SIGUSR2, as if somebody had set the machine's.
 * Monotonic clocks go on, as they do then.
 */
const stepMs = Number(process.env.TWIN_OPERATOR_STEP_MS);
if (!Number.isFinite(stepMs))
	throw new Error("TWIN_OPERATOR_STEP_MS: expected milliseconds");
let offMs = 0;

/** Only the two ways to ask for now are other ones. */
globalThis.Date = new Proxy(Date, {
	construct: (real, args, target) =>
		Reflect.construct(real, args.length > 0 ? args : [Date.now()], target),
	get: (real, field) =>
		field === "now" ? () => real.now() + offMs : Reflect.get(real, field, real),
});
process.on("SIGUSR2", () => {
	offMs += stepMs;
});

export {};
