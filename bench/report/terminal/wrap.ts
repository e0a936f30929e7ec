/**
 * Breaks sentences into lines.
 *
 * Invariant: a line breaks only at a space, and never between a number and its unit; continuation lines are indented
 * to the text's second column, if it has the form `label   text`. `fit` also breaks words that are wider than a line,
 * so that no line is too wide.
 */
import { keepTogether } from '../format.js';
import { widthOf } from './paint.js';
import { DEFAULT_COLUMNS } from './screen.js';

/**
 * Breaks a text into lines.
 *
 * @param indent - Indent of all lines but the first.
 * @param columns - Max width of a line, unless a single word is wider.
 */
export function wrap(
  text: string,
  indent: number | undefined = undefined,
  columns: number = DEFAULT_COLUMNS,
): string[] {
  return fill(keepTogether(text), indent ?? indentOf(text, columns), columns);
}

/** Like `wrap`, but no line is wider than `columns`: words that are too long break anywhere. */
export function fit(
  text: string,
  columns: number,
  indent: number = indentOf(text, columns),
): string[] {
  if (widthOf(text) <= columns) return [text];
  const longest = new RegExp(`[^ ]{${Math.max(1, columns - indent)}}(?=[^ ])`, 'gu');
  return fill(keepTogether(text).replaceAll(longest, '$& '), indent, columns);
}

function fill(text: string, indent: number, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.match(/ *[^ ]+/g) ?? []) {
    if (line !== '' && widthOf(line + word) > columns) {
      lines.push(line);
      line = ' '.repeat(indent) + word.trimStart();
    } else {
      line += word;
    }
  }
  return [...lines, line].map((each) => each.replaceAll('\u00A0', ' '));
}

/** Width of the widest part of a text that does not break. */
export function widestWord(text: string): number {
  return Math.max(0, ...keepTogether(text).split(' ').map(widthOf));
}

/** Start of the text after a label that two or more spaces set off; 0 if there is none, or if it is too wide. */
function indentOf(text: string, columns: number): number {
  const label = /^ *\S+(?: \S+)* {2,}(?=\S)/.exec(text)?.[0] ?? '';
  return label.length <= columns / 3 ? label.length : 0;
}
