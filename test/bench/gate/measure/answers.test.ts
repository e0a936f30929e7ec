import { expect, test } from 'vitest';
import { checksumOf, firstDifference, previewOf } from '../../../../bench/gate/measure/answers.js';
import { fingerprint } from '../../../../bench/gate/measure/fingerprint.js';
import type { Answer } from '../../../../bench/gate/model/workload.js';

function answersOf(...results: readonly unknown[]): Answer[] {
  return results.map((result, at) => ({
    input: `#${at + 1}`,
    fingerprint: fingerprint(result) as string,
    preview: previewOf(result),
  }));
}

test('a checksum is that of all results in their order', () => {
  expect(checksumOf(undefined)).toBeUndefined();
  expect(checksumOf(answersOf({ a: 1 }, 'b'))).toBe(checksumOf(answersOf({ a: 1 }, 'b')));
  expect(checksumOf(answersOf({ a: 1 }, 'b'))).toMatch(/^[0-9a-f]{64}$/);
  const all = [[], [{ a: 1 }], ['b', { a: 1 }], [{ a: 1 }, 'b', undefined], [{ a: 1 }, 'b']];
  expect(new Set(all.map((results) => checksumOf(answersOf(...results)))).size).toBe(5);
});

test('the first difference has the input and both results', () => {
  const base = answersOf(1, { pages: 3 }, 'c');
  expect(firstDifference(base, answersOf(1, { pages: 3 }, 'c'))).toBeUndefined();
  expect(firstDifference(base, answersOf(1, { pages: 4 }, 'd'))).toEqual({
    input: '#2',
    base: '{ pages: 3 }',
    head: '{ pages: 4 }',
  });
  expect(firstDifference(base, undefined)).toBeUndefined();
  expect(firstDifference(undefined, base)).toBeUndefined();
});

test.each([
  ['two\nlines', "'two\\nlines'"],
  [undefined, 'undefined'],
  ['x'.repeat(100), expect.stringMatching(/^'x{58}…$/) as string],
  [Array.from({ length: 100 }, (_, n) => n), '[ 0, 1, 2, 3, 4, ... 95 more items ]'],
])('a preview is one short line: %j', (value, preview) => {
  expect(previewOf(value)).toEqual(preview);
});
