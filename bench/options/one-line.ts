/**
 * Turns foreign texts (names of tasks, messages of errors, output of commands) into one line.
 *
 * Invariant: the result has no control characters, so that a terminal shows it without moving its cursor, and a
 * stored file that contains it passes its checks (`store/checks.ts`).
 */
import { stripVTControlCharacters } from 'node:util';

/** Removes colors, replaces control characters and runs of white space by one space, and trims. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}
