import { expect, test } from 'vitest';
import { FailureTally } from '../../../bench/user-job/job-failures.js';

test('equal messages are counted together, with the first input', () => {
  const tally = new FailureTally();
  tally.add(new RangeError('too large\nat line 2'), 'a.md');
  tally.add(new RangeError('too large'), 'b.md');
  tally.add('thrown text', 'c.md');
  expect(tally.summary()).toEqual({
    count: 3,
    examples: [
      { message: 'RangeError: too large', input: 'a.md', count: 2 },
      { message: 'thrown text', input: 'c.md', count: 1 },
    ],
  });
});

test('of many different messages five are kept, and all are counted', () => {
  const tally = new FailureTally();
  for (let each = 0; each < 7; each += 1) tally.add(`message ${each}`, `input ${each}`);
  const { count, examples } = tally.summary();
  expect(count).toBe(7);
  expect(examples.map(({ input }) => input)).toEqual([0, 1, 2, 3, 4].map((at) => `input ${at}`));
});

test('tallies of several processes come together', () => {
  const [one, other] = [new FailureTally(), new FailureTally()];
  one.add('x', 'first');
  for (let each = 0; each < 6; each += 1) other.add(`message ${each}`, 'later');
  other.add('x', 'later');
  one.addAll(other.summary());
  // `other` has counted 'x' without keeping its message.
  expect(one.summary().count).toBe(8);
  expect(one.summary().examples[0]).toEqual({ message: 'x', input: 'first', count: 1 });
});

test('a long message is cut', () => {
  const tally = new FailureTally();
  tally.add('x'.repeat(1000), 'a');
  expect(tally.summary().examples[0]?.message).toBe(`${'x'.repeat(200)}…`);
});
