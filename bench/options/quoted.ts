/**
 * Words of a command line as a shell takes them for one word each.
 *
 * Invariant: a quoted word is one line without control characters; a word that needs no quotes has none.
 */

const PLAIN = /^[\w@%+=:,./-]+$/;
const CONTROL = /\p{Cc}/u;

/** Those that have a letter; the others are told by their bytes. */
const LETTERS: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** 'it'\''s' for it's; with control characters in the form of $'two\nlines'. */
export function quotedWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!CONTROL.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word
    .replaceAll(/[\\']/g, (sign) => `\\${sign}`)
    .replaceAll(/\p{Cc}/gu, (sign) => LETTERS[sign] ?? octal(sign));
  return `$'${escaped}'`;
}

/** Of its UTF-8; always three digits, as a digit may follow. */
function octal(sign: string): string {
  const digits = [...Buffer.from(sign)].map((byte) => byte.toString(8).padStart(3, '0'));
  return digits.map((each) => `\\${each}`).join('');
}
