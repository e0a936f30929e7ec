/**
 * Texts of others (names of tasks, messages of errors, output of commands) as one line.
 *
 * Invariant: what leaves this file has no control characters, so that a terminal shows it without moving
 * its cursor and a stored file with it is read again (`store/checks.ts`).
 */
import { stripVTControlCharacters } from 'node:util';

/** Without colours; control characters and runs of white space become one space, and none at the ends. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
}
