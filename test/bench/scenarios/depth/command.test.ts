import { expect, test } from 'vitest';
import { depth } from '../../../../bench/scenarios/depth/command.js';

/** A round in which calls in a deep backlog cost the given multiples. */
function round(submit: number, cancel: number, dispatch: number) {
  return {
    kind: 'measured',
    shallow: { submitUs: 2, cancelUs: 4, dispatchUs: 8 },
    deep: { submitUs: 2 * submit, cancelUs: 4 * cancel, dispatchUs: 8 * dispatch },
    longestPauseMs: 10,
    bytesPerJob: 500,
  } as const;
}

function firstLine(rounds: ReadonlyArray<ReturnType<typeof round>>): unknown {
  return depth.describe({
    scenario: 'depth',
    startedAt: '2026-01-01T00:00:00.000Z',
    isInterrupted: false,
    failures: [],
    settings: { rounds: 3, threads: 2, seed: 1, jobs: 1_000_000, sample: 20_000 },
    rounds,
  }).blocks[0];
}

test('the first line says what the depth does to a call, by the medians of the ratios', () => {
  expect(firstLine([round(0.5, 1, 1.5), round(1, 1.25, 1.5), round(3, 2, 1.5)])).toMatchObject({
    role: 'point',
    text:
      'With 1.00 M jobs in the backlog calls take, compared with 40,000: 1.00 times for a submission, 1.25 times for a ' +
      "cancellation and 1.50 times for a job's dispatch (medians of 3 rounds).",
  });
});

test('one round is said to be one', () => {
  expect(firstLine([round(1, 1, 1)])).toMatchObject({
    text: expect.stringContaining('(one round)'),
  });
});
