/**
 * Finds the first error in the output of a program, and formats it whole: its message, however many lines it has, and
 * the location that it names.
 *
 * Invariant: paths are relative to the folder that the program ran in, as the name of a side's folder means nothing to
 * the user.
 */
import { stripVTControlCharacters } from 'node:util';
import { pathToFileURL } from 'node:url';
import { oneLine } from '../../options/one-line.js';

/** 'TypeError [ERR_X]: a message', with or without the message; not a line of code that begins like it. */
const ERROR = /^\s*(?:Uncaught )?(?:FATAL ERROR|\w*Error)(?: \[\w+\])?(?::.*)?$/;
/** A line of the stack, as Node and Vitest write it. */
const STACK = /^\s*(?:at|❯) /;
const RULE = /^\s*⎯/;
/**
 * 'file:///x.js:3' on a line of its own, above the line of code; no locations in Node itself, which begin with 'node:'.
 */
const PLACE_ABOVE = /^(?:file:\/\/)?[^:]+\.\w+:\d+$/;
/** 'at f (file:///x.js:3:1)' and '❯ x.js:3:1'. */
const PLACE_BELOW = /^\s*(?:at (?:.*\()?|❯ (?:.* )?)((?:file:\/\/)?[^\s():]+:\d+)(?::\d+)?\)?$/;

/** The first error on one line; undefined if there is none. @param directory - The folder that the program ran in. */
export function firstError(output: string, directory: string): string | undefined {
  const lines = stripVTControlCharacters(output)
    .replaceAll(`${pathToFileURL(directory).href}/`, '')
    .replaceAll(`${directory}/`, '')
    .split(/\r?\n/);
  const start = lines.findIndex((line) => ERROR.test(line));
  if (start < 0) return undefined;
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => STACK.test(line) || RULE.test(line));
  // Without a stack, the end of the message is unknown.
  const message = oneLine([lines[start], ...after.slice(0, Math.max(0, end))].join('\n'));
  const place =
    lines.slice(0, start).findLast((line) => PLACE_ABOVE.test(line)) ??
    placeIn(end < 0 ? [] : after.slice(end));
  return place === undefined || message.includes(place) ? message : `${message} (${place})`;
}

/**
 * The first location of a stack that is neither in Node itself nor in a dependency; further errors may follow the
 * stack.
 */
function placeIn(lines: readonly string[]): string | undefined {
  const end = lines.findIndex((line) => RULE.test(line) || ERROR.test(line));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .flatMap((line) => PLACE_BELOW.exec(line)?.[1] ?? [])
    .find((place) => !/^node:|node_modules/.test(place));
}
