/**
 * Defines the values of `bench values`: typical data that programs send to a thread and get back.
 *
 * Invariant: plain data that every pool can send; each use creates it anew.
 */

/** A kind of value: its name on the command line and in the report. */
export interface ValueKind {
  readonly name: string;
  readonly title: string;
  readonly make: () => unknown;
}

const ROWS = 100;
/** About 5 KB. */
const SENTENCES = 180;

export const VALUE_KINDS: readonly ValueKind[] = [
  { name: 'number', title: 'a number', make: () => 7 },
  { name: 'flat', title: 'an object of two numbers', make: () => ({ x: 1, y: 2.5 }) },
  { name: 'ascii', title: '1 KB of ASCII text', make: () => 'abcdefgh'.repeat(128) },
  { name: 'text', title: '1,024 characters of wide text', make: wideText },
  { name: 'buffer', title: 'a Buffer of 1 KB', make: () => Buffer.alloc(1024, 7) },
  { name: 'nested', title: 'a nested object (150 B as JSON)', make: nested },
  { name: 'document', title: 'a document with 5 KB of text', make: document },
  { name: 'rows', title: '100 rows of three fields', make: rows },
];

function wideText(): string {
  return 'täglich 日本'.repeat(103).slice(0, 1024);
}

function nested(): object {
  return {
    id: 12_345,
    user: { name: 'Ada Lovelace', email: 'ada@example.org', roles: ['admin', 'author'] },
    meta: { at: 1_700_000_000_000, isNew: true, score: 0.75 },
  };
}

function document(): object {
  return {
    title: 'A document',
    text: 'Lorem ipsum dolor sit amet. '.repeat(SENTENCES),
    meta: { author: { name: 'Ada Lovelace' }, tags: ['one', 'two'], words: 900 },
  };
}

function rows(): object {
  return Array.from({ length: ROWS }, (_, id) => ({ id, name: `name ${id}`, value: id / 3 }));
}
