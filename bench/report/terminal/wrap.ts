/**
 * Breaks sentences into lines.
 *
 * Invariant: a line breaks only at a blank, and never between a number and its unit; the following
 * lines have the indent of the text's first column (`label   text` is the form of our lines). `fit` also
 * breaks words that are wider than a line, so that none of its lines is.
 */
import { keepTogether } from '../format.js';
import { widthOf } from './paint.js';
import { DEFAULT_COLUMNS } from './screen.js';

/**
 * Breaks a text into lines.
 *
 * @param indent - Of all lines but the first.
 * @param columns - That a line may have, where no single word is wider.
 */
export function wrap(
  text: string,
  indent: number | undefined = undefined,
  columns: number = DEFAULT_COLUMNS,
): string[] {
  return fill(keepTogether(text), indent ?? indentOf(text, columns), columns);
}

/** The same, and no line is wider than that: what has no blank breaks anywhere. */
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

/** The width of the widest part of a text that does not break. */
export function widestWord(text: string): number {
  return Math.max(0, ...keepTogether(text).split(' ').map(widthOf));
}

/** Where the text begins after a label that two blanks or more set off. */
function indentOf(text: string, columns: number): number {
  const label = /^ *\S+(?: \S+)* {2,}(?=\S)/.exec(text)?.[0] ?? '';
  return label.length <= columns / 3 ? label.length : 0;
}
