/**
 * Sentences as lines of at most 80 columns.
 *
 * Invariant: a line breaks only at a blank, and never between a figure and its unit; the following
 * lines have the indent of the text's first column (`label   text` is the form of our lines).
 */
import { widthOf } from './paint.js';

/** The width that every output keeps to. */
export const COLUMNS = 80;

/**
 * Breaks a text into lines.
 *
 * @param indent - Of all lines but the first.
 * @param columns - That a line may have, where no single word is wider.
 */
export function wrap(
  text: string,
  indent: number = indentOf(text),
  columns: number = COLUMNS,
): string[] {
  const words = text
    .replace(/(?<=\d) (?=(?:ms|µs|s|%|M|MB|GB|KB|×)(?![\w]))/g, '\u00A0')
    .match(/ *[^ ]+/g);
  const lines: string[] = [];
  let line = '';
  for (const word of words ?? []) {
    if (line !== '' && widthOf(line + word) > columns) {
      lines.push(line);
      line = ' '.repeat(indent) + word.trimStart();
    } else {
      line += word;
    }
  }
  return [...lines, line].map((each) => each.replaceAll('\u00A0', ' '));
}

/** The text with blanks in words that are wider than so many columns, for what may break anywhere. */
export function breakWords(text: string, columns: number = COLUMNS): string {
  return text.replaceAll(new RegExp(`[^ ]{${columns}}(?=[^ ])`, 'gu'), '$& ');
}

/** Where the text begins after a label that two blanks or more set off. */
function indentOf(text: string): number {
  const label = /^ *\S+(?: \S+)* {2,}(?=\S)/.exec(text)?.[0] ?? '';
  return label.length <= COLUMNS / 3 ? label.length : 0;
}
