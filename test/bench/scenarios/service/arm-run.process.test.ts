/**
 * Runs variants of a service in real processes, with a real pool and real requests, driven into each state that a
 * result reports.
 */
import { expect, test } from 'vitest';
import { runArm } from '../../../../build/bench/scenarios/service/arm-run.js';
import { describeNoise, drawConclusions } from '../../../../bench/scenarios/service/verdict.js';
import type { ArmResult } from '../../../../bench/scenarios/service/result.js';
import type { DocumentSet } from '../../../../bench/scenarios/service/load/corpus.js';
import { verifySums } from '../../../helpers/service-sums.js';

const program = new URL('../../../fixtures/service-arms.mjs', import.meta.url);
const documents: DocumentSet = { source: 'synthetic', seed: 1, count: 8 };
const MB = 1024 ** 2;

/** Drives a variant at a rate; returns its result and the conclusions of the report. */
async function drive(
  arm: string,
  {
    ratePerSecond = 100,
    seconds = 0.5,
    ceilingMb = 4096,
    signal = new AbortController().signal,
    onMoment = () => {},
  }: {
    readonly ratePerSecond?: number;
    readonly seconds?: number;
    readonly ceilingMb?: number;
    readonly signal?: AbortSignal;
    readonly onMoment?: () => void;
  } = {},
): Promise<{ readonly result: ArmResult; readonly said: string }> {
  const ceilingBytes = ceilingMb * MB;
  const stage = { program, arm, armOptions: {}, documents, ceilingBytes, signal, seed: 1 };
  const result = (await runArm(stage, { ratePerSecond, seconds }, onMoment)) as ArmResult;
  verifySums([result]);
  const said = drawConclusions(
    {
      scenario: 'overload',
      startedAt: '2026-01-01T00:00:00.000Z',
      isInterrupted: signal.aborted,
      failures: [],
      settings: { seconds, ceilingBytes },
      documents: { source: 'synthetic', count: 8, minBytes: 1, meanBytes: 1, maxBytes: 1 },
      arms: [result],
    },
    undefined,
    [],
  );
  return { result, said: said.join(' ') };
}

test('jobs that fail, documents that are refused, and those that were served, each counted once', async () => {
  const { result, said } = await drive('pool', { ratePerSecond: 300 });
  expect(result.ending.how).toBe('survived');
  expect(result.completed).toBeGreaterThan(0);
  expect(result.failed).toBeGreaterThan(0);
  expect(result.refused).toBeGreaterThan(0);
  expect(Math.abs(result.completed - result.failed)).toBeLessThanOrEqual(1);
  // One document in progress and one waiting: no failed job counts as not ended.
  expect(result.accepted - result.completed - result.failed).toBeLessThanOrEqual(2);
  expect(said).toContain(`Jobs that failed: ${result.failed} of pool.`);
  const waiting = /(\d+) documents were still in progress or waiting/.exec(said)?.[1];
  expect(Number(waiting)).toBe(result.accepted - result.completed - result.failed);
});

test('jobs that had not ended when the arm did are cut off', async () => {
  const { result, said } = await drive('silent');
  expect(result).toMatchObject({ completed: 0, failed: 0, refused: 0, cutOff: result.offered });
  expect(result.accepted).toBeGreaterThan(0);
  expect(said).toContain(`${result.accepted} documents were still in progress or waiting`);
});

test('a service that ends by itself is reported as died, with its exit code', async () => {
  const { result, said } = await drive('dying', { seconds: 30 });
  expect(result.ending).toMatchObject({ how: 'died', detail: 'exit code 7' });
  expect(result.ending.afterSeconds).toBeLessThan(30);
  expect(said).toContain('dying died by itself after');
  expect(result).not.toHaveProperty('memoryTrend');
});

test('requests that were never answered are reported as such, and cut off', async () => {
  const { result, said } = await drive('stuck');
  expect(result.unanswered).toBeGreaterThan(0);
  expect(result.cutOff).toBeGreaterThanOrEqual(result.unanswered);
  expect(said).toContain(
    `Requests without a response when their variant ended: ${result.unanswered} of stuck.`,
  );
});

test('a service above its memory limit is killed, and that is its result', async () => {
  const { result, said } = await drive('growing', { seconds: 60, ceilingMb: 200 });
  expect(result.ending.how).toBe('ceiling');
  expect(result.peakRssBytes).toBeGreaterThan(200 * MB);
  expect(said).toContain('growing crossed the memory limit after');
});

test('a goodput that swings is reported as that of a machine that was not steady', async () => {
  const { result } = await drive('swinging', { seconds: 1.2 });
  expect(result.goodputWindows.length).toBeGreaterThan(1);
  const [noise = ''] = describeNoise('its goodput', result.goodputPerSecond, result.goodputWindows);
  expect(noise).toMatch(/^The machine was not steady: its goodput was anything from /);
});

test('an interruption is no death', async () => {
  const interruption = new AbortController();
  const { result, said } = await drive('silent', {
    seconds: 60,
    signal: interruption.signal,
    onMoment: () => interruption.abort(),
  });
  expect(result.ending.how).toBe('interrupted');
  expect(said).toContain('when it was interrupted after');
  expect(said).toContain('The run was interrupted');
});
