/**
 * Finds the first error in what a program has written, to tell it whole: its message, however many lines it
 * has, and the place that it names.
 *
 * Invariant: paths are relative to the folder that the program ran in, as a side's folder has a name that
 * nobody knows.
 */
import { stripVTControlCharacters } from 'node:util';
import { pathToFileURL } from 'node:url';
import { oneLine } from '../../options/one-line.js';

/** 'TypeError [ERR_X]: a message', also without a message; not a line of code that begins so. */
const ERROR = /^\s*(?:Uncaught )?(?:FATAL ERROR|\w*Error)(?: \[\w+\])?(?::.*)?$/;
/** Where the stack begins, as Node and Vitest write it. */
const STACK = /^\s*(?:at|❯) /;
const RULE = /^\s*⎯/;
/** 'file:///x.js:3' on a line of its own, above the line of code; Node's own begin with 'node:'. */
const PLACE_ABOVE = /^(?:file:\/\/)?[^:]+\.\w+:\d+$/;
/** 'at f (file:///x.js:3:1)' and '❯ x.js:3:1'. */
const PLACE_BELOW = /^\s*(?:at (?:.*\()?|❯ (?:.* )?)((?:file:\/\/)?[^\s():]+:\d+)(?::\d+)?\)?$/;

/** On one line; undefined if there is none. @param directory - In which the program ran. */
export function firstError(output: string, directory: string): string | undefined {
  const lines = stripVTControlCharacters(output)
    .replaceAll(`${pathToFileURL(directory).href}/`, '')
    .replaceAll(`${directory}/`, '')
    .split(/\r?\n/);
  const start = lines.findIndex((line) => ERROR.test(line));
  if (start < 0) return undefined;
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => STACK.test(line) || RULE.test(line));
  // Without a stack nothing says where the message ends.
  const message = oneLine([lines[start], ...after.slice(0, Math.max(0, end))].join('\n'));
  const place =
    lines.slice(0, start).findLast((line) => PLACE_ABOVE.test(line)) ??
    placeIn(end < 0 ? [] : after.slice(end));
  return place === undefined || message.includes(place) ? message : `${message} (${place})`;
}

/** The first place of a stack that is neither Node's own nor a dependency's; further errors may follow it. */
function placeIn(lines: readonly string[]): string | undefined {
  const end = lines.findIndex((line) => RULE.test(line) || ERROR.test(line));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .flatMap((line) => PLACE_BELOW.exec(line)?.[1] ?? [])
    .find((place) => !/^node:|node_modules/.test(place));
}
