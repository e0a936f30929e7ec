/**
 * Quotes words of a command line, so that a shell reads each as one word.
 *
 * Invariant: a quoted word is one line without control characters; a word that needs no quotes has none.
 */

const PLAIN = /^[\w@%+=:,./-]+$/;
const CONTROL = /\p{Cc}/u;

/** Control characters that have a letter as their escape; the others are written as octal bytes. */
const LETTERS: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** 'it'\''s' for it's; with control characters in the form $'two\nlines'. */
export function quotedWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!CONTROL.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word
    .replaceAll(/[\\']/g, (sign) => `\\${sign}`)
    .replaceAll(/\p{Cc}/gu, (sign) => LETTERS[sign] ?? octal(sign));
  return `$'${escaped}'`;
}

/** Escapes the UTF-8 bytes of a character, always with three digits, because a digit may follow. */
function octal(sign: string): string {
  const digits = [...Buffer.from(sign)].map((byte) => byte.toString(8).padStart(3, '0'));
  return digits.map((each) => `\\${each}`).join('');
}
