import { type DestinationStream, type Level, pino } from "pino";
import type { Log } from "../shell/port.ts";

/** JSON lines on the standard output, each written before the next step: the last words of a crash are the ones that count. */
export function jsonLog(
	level: Level,
	destination: DestinationStream = pino.destination({ dest: 1, sync: true }),
): Log & { debug: Log["info"] } {
	const logger = pino(
		{
			level,
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }) },
		},
		destination,
	);
	return {
		debug: (fields, message) => logger.debug(fields, message),
		info: (fields, message) => logger.info(fields, message),
		warn: (fields, message) => logger.warn(fields, message),
	};
}
