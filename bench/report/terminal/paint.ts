/**
 * Colors text if the terminal wants it.
 *
 * Invariant: without color every text stays as it is, so nothing may depend on color alone; painting never changes
 * the width of a text on the screen.
 */
import { stripVTControlCharacters } from 'node:util';

/** The kinds of text that the output distinguishes. */
export type Tone = 'title' | 'good' | 'bad' | 'faint';

export type Paint = (tone: Tone, text: string) => string;

/** The codes that start and end each tone: bold, green, red, dim. */
const CODES: Readonly<Record<Tone, readonly [start: number, end: number]>> = {
  title: [1, 22],
  good: [32, 39],
  bad: [31, 39],
  faint: [2, 22],
};

/** Returns the text unchanged. */
export const plain: Paint = (_tone, text) => text;

/** Returns a function that paints for a terminal, or `plain` if color is not wanted; see https://no-color.org. */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  isRefused: boolean,
  environment: NodeJS.ProcessEnv,
): Paint {
  if (isRefused || stream.isTTY !== true || environment['NO_COLOR']) return plain;
  if (environment['TERM'] === 'dumb') return plain;
  return (tone, text) => {
    const [start, end] = CODES[tone];
    return text === '' ? '' : `\u001B[${start}m${text}\u001B[${end}m`;
  };
}

/** Number of columns of a text, each character counted as one: wide characters are not expected. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
