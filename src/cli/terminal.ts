/** What a command needs of the place it runs in. */
import { styleText } from "node:util";

export interface Terminal {
	/** Results: standard output, one line at a time. */
	out(line: string): void;
	/** Progress and faults: standard error. */
	note(line: string): void;
	/** Standard output is a terminal that shows colours. */
	readonly colour: boolean;
	/** A person can be asked. */
	readonly interactive: boolean;
	/** One line of answer. */
	ask(question: string): Promise<string>;
	/** Aborted by Ctrl-C. */
	readonly interrupted: AbortSignal;
}

export type Paint = (text: string) => string;

export interface Palette {
	readonly good: Paint;
	readonly bad: Paint;
	readonly doubtful: Paint;
	readonly strong: Paint;
	readonly faint: Paint;
}

const plain: Paint = (text) => text;
const styled =
	(format: Parameters<typeof styleText>[0]): Paint =>
	(text) =>
		styleText(format, text, { validateStream: false });

/** Colours only ever repeat what the words say. */
export const palette = (colour: boolean): Palette =>
	colour
		? {
				good: styled("green"),
				bad: styled("red"),
				doubtful: styled("yellow"),
				strong: styled("bold"),
				faint: styled("gray"),
			}
		: { good: plain, bad: plain, doubtful: plain, strong: plain, faint: plain };
