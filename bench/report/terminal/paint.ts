/**
 * Colour, where it is wanted.
 *
 * Invariant: without colour every text stays as it is, so that nothing may depend on colour alone;
 * painting never changes a text's width on the screen.
 */
import { stripVTControlCharacters } from 'node:util';

/** What the output tells apart. */
export type Tone = 'title' | 'good' | 'bad' | 'faint';

export type Paint = (tone: Tone, text: string) => string;

/** The codes that start and end each tone: bold, green, red, dim. */
const CODES: Readonly<Record<Tone, readonly [start: number, end: number]>> = {
  title: [1, 22],
  good: [32, 39],
  bad: [31, 39],
  faint: [2, 22],
};

/** Leaves the text as it is. */
export const plain: Paint = (_tone, text) => text;

/** Paints for a terminal that wants it; see https://no-color.org. */
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

/** The columns that a text takes; ours has no wide characters. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length;
}
