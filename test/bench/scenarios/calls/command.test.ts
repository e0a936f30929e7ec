import { expect, test } from 'vitest';
import { CALLS } from '../../../../bench/scenarios/calls/calls.js';
import { calls } from '../../../../bench/scenarios/calls/command.js';

const RESULT = {
  scenario: 'calls',
  startedAt: '2026-01-01T00:00:00.000Z',
  isInterrupted: false,
  failures: [],
  settings: { rounds: 1, seed: 1, timeMs: 5 },
  calls: CALLS.map((call, at) => {
    const ms = (at + 1) / 1000;
    return { call, ms: { median: ms, min: ms, max: ms, rounds: [ms] } };
  }),
} as const;

test('the first line says what a call costs', () => {
  expect(calls.describe(RESULT).blocks[0]).toMatchObject({
    role: 'point',
    text:
      'A call costs its caller 1.000 µs if it is refused, 3.000 µs if it submits a job and cancels it and 5.000 µs ' +
      'if it awaits a job on an idle thread.',
  });
});
