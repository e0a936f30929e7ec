/**
 * Splits a line of arguments into words as a shell does: at spaces, except between quotes.
 *
 * Invariant: only white space, quotes and backslashes are special; nothing is expanded, so that a line means the same
 * on every system.
 */
import { UsageError } from '../../options/flags.js';

/** @throws UsageError if a quote is not closed, or a backslash has nothing after it. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (isSpace(line[at])) at += 1;
    if (at >= line.length) return words;
    const { word, end } = readWord(line, at);
    words.push(word);
    at = end;
  }
}

function readWord(line: string, start: number): { readonly word: string; readonly end: number } {
  let word = '';
  let quote = '';
  let at = start;
  for (; at < line.length && (quote !== '' || !isSpace(line[at])); at += 1) {
    const letter = line[at] as string;
    const next = line[at + 1];
    if (letter === quote) quote = '';
    else if (quote === '' && (letter === "'" || letter === '"')) quote = letter;
    else if (letter === '\\' && isEscape(quote, next)) {
      if (next === undefined) throw new UsageError(`'${line}' ends in a backslash.`);
      word += next;
      at += 1;
    } else word += letter;
  }
  if (quote !== '') throw new UsageError(`'${line}' has a quote ${quote} that is not closed.`);
  return { word, end: at };
}

/** As in POSIX: between double quotes, a backslash is literal unless a special character follows. */
function isEscape(quote: string, next: string | undefined): boolean {
  if (quote === "'") return false;
  return quote === '' || next === '"' || next === '\\';
}

function isSpace(letter: string | undefined): boolean {
  return letter === ' ' || letter === '\t';
}
