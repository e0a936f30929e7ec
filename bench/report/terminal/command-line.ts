/**
 * Breaks a command into lines that a shell still reads as one command.
 *
 * Invariant: a line ends only between two words, with a backslash; pasting all lines runs the same command.
 */
import { widthOf } from './paint.js';

const INDENT = '  ';
const CONTINUED = ' \\';
/** Quoted parts and escaped characters do not end a word. */
const WORD = /(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/g;

/** Returns lines within the width, unless a single word is wider. */
export function wrapCommand(command: string, columns: number): string[] {
  if (widthOf(command) <= columns) return [command];
  const lines: string[] = [];
  let line = '';
  for (const word of command.match(WORD) ?? []) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line.trim() !== '' && widthOf(longer) > columns - CONTINUED.length) {
      lines.push(`${line}${CONTINUED}`);
      line = `${INDENT}${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
