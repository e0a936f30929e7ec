import { afterEach, expect, test } from 'vitest';
import { isServing, markServing } from '../../../src/wire/serving.js';

const MARK = Symbol.for('millrace.serving');

afterEach(() => {
  Reflect.deleteProperty(process, MARK);
});

test('a thread serves no module until it is marked, then that one alone', () => {
  expect(isServing('file:///jobs.js')).toBe(false);
  markServing('file:///jobs.js');
  expect(isServing('file:///jobs.js')).toBe(true);
  expect(isServing('file:///other.js')).toBe(false);
  expect(isServing('file:///jobs.js?v=2')).toBe(false);
  markServing('file:///other.js');
  expect([isServing('file:///jobs.js'), isServing('file:///other.js')]).toEqual([false, true]);
});

test('another copy of this library on the thread sees the mark', () => {
  markServing('file:///jobs.js');
  expect((process as { [MARK]?: string })[MARK]).toBe('file:///jobs.js');
});
