import fc from 'fast-check';
import { expect, test } from 'vitest';
import { List, type Listed } from '../../../src/job/list.js';

interface Entry extends Listed<Entry> {
  readonly id: number;
}

function entryOf(id: number): Entry {
  return { id, list: undefined, previous: undefined, next: undefined };
}

/** A list of new entries with ids from 0. */
function listOf(length: number): { list: List<Entry>; entries: Entry[] } {
  const list = new List<Entry>();
  const entries = Array.from({ length }, (_, id) => entryOf(id));
  for (const entry of entries) list.push(entry);
  return { list, entries };
}

/** Compares the whole state of a list and its entries with a plain array. */
function expectEntries(list: List<Entry>, expected: readonly Entry[]): void {
  expect(list.length).toBe(expected.length);
  expect(list.first).toBe(expected[0]);
  expect(list.last).toBe(expected.at(-1));
  for (const [at, entry] of expected.entries()) {
    expect(entry.list).toBe(list);
    expect(entry.previous).toBe(expected[at - 1]);
    expect(entry.next).toBe(expected[at + 1]);
  }
}

function expectUnlisted(entry: Entry): void {
  expect([entry.list, entry.previous, entry.next]).toEqual([undefined, undefined, undefined]);
}

test('an empty list has no first, no last and nothing to shift', () => {
  const list = new List<Entry>();
  expectEntries(list, []);
  expect(list.shift()).toBeUndefined();
  expectEntries(list, []);
});

test('push adds at the end, shift takes from the start', () => {
  const { list, entries } = listOf(3);
  expectEntries(list, entries);
  for (const [taken, entry] of entries.entries()) {
    expect(list.shift()).toBe(entry);
    expectUnlisted(entry);
    expectEntries(list, entries.slice(taken + 1));
  }
});

test.each([
  ['the only entry', 1, 0],
  ['the first entry', 3, 0],
  ['an entry in the middle', 3, 1],
  ['the last entry', 3, 2],
])('remove takes out %s and joins its neighbors', (_, length, at) => {
  const { list, entries } = listOf(length);
  const [removed] = entries.splice(at, 1) as [Entry];
  list.remove(removed);
  expectUnlisted(removed);
  expectEntries(list, entries);
});

test.each([
  ['the first entry', 0],
  ['an entry in the middle', 1],
  ['the last entry', 2],
  ['no entry, which is at the end', 3],
])('insertBefore adds before %s', (_, at) => {
  const { list, entries } = listOf(3);
  const added = entryOf(9);
  list.insertBefore(entries[at], added);
  expectEntries(list, entries.toSpliced(at, 0, added));
});

test('insertBefore adds to an empty list', () => {
  const { list } = listOf(0);
  const added = entryOf(9);
  list.insertBefore(undefined, added);
  expectEntries(list, [added]);
});

test('an entry that was taken out can join another list', () => {
  const { list, entries } = listOf(2);
  const other = new List<Entry>();
  other.push(list.shift() as Entry);
  expectEntries(list, entries.slice(1));
  expectEntries(other, entries.slice(0, 1));
});

test('a list equals an array after any sequence of operations', () => {
  const step = fc.record({
    do: fc.constantFrom('push', 'push', 'insertBefore', 'insertBefore', 'shift', 'remove'),
    at: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const list = new List<Entry>();
      const expected: Entry[] = [];
      for (const [id, { do: operation, at }] of steps.entries()) {
        const place = at % (expected.length + 1);
        if (operation === 'push') {
          const entry = entryOf(id);
          list.push(entry);
          expected.push(entry);
        } else if (operation === 'insertBefore') {
          const entry = entryOf(id);
          list.insertBefore(expected[place], entry);
          expected.splice(place, 0, entry);
        } else if (operation === 'shift') {
          const entry = expected.shift();
          expect(list.shift()).toBe(entry);
          if (entry !== undefined) expectUnlisted(entry);
        } else if (place < expected.length) {
          const [entry] = expected.splice(place, 1) as [Entry];
          list.remove(entry);
          expectUnlisted(entry);
        }
        expectEntries(list, expected);
      }
    }),
  );
});
