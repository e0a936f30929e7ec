/** Tests what all measurements of a job share, with real processes in the states that are reported. */
import { expect, test } from 'vitest';
import { Measurer } from '../../../../../build/bench/scenarios/job/measure/measurer.js';
import type { SaturationReply } from '../../../../../bench/scenarios/job/measure/program.js';
import { plain } from '../../../../../bench/report/terminal/paint.js';
import { SILENT } from '../../../../../bench/report/terminal/screen.js';

function measurer(file: string, name: string, signal: AbortSignal = new AbortController().signal) {
  const module = new URL(`../../../../fixtures/own-job/${file}`, import.meta.url).href;
  const subject = { job: { label: name, module, name }, input: { kind: 'none' }, seed: 1 } as const;
  return new Measurer(subject, { screen: SILENT, paint: plain, signal });
}

/** A short measurement of one slot. */
function saturation(warmUpMs: number, windowMs: number) {
  return {
    label: 'Max throughput, round',
    rounds: 1,
    points: [{ threads: 1, concurrency: 1 }],
    describe: () => 'one thread',
    seconds: () => 0.1,
    load: (slots: { readonly threads: number; readonly concurrency: number }) =>
      ({ kind: 'saturate', ...slots, inFlight: 2, warmUpMs, windowMs }) as const,
    isStable: ({ throughput }: SaturationReply) => throughput.isStable,
  };
}

test('a throughput without a stable warm-up is named, and jobs that failed are counted', async () => {
  const measuring = measurer('jobs.js', 'fails4of5');
  const measurements = await measuring.all(saturation(0, 50));
  expect(measuring.unstable).toEqual(['one thread']);
  expect(measuring.failures).toEqual([]);
  expect(measurements.failures).toEqual([]);
  expect(measuring.jobFailures.summary()).toMatchObject({
    examples: [{ message: 'RangeError: Not yet', input: 'undefined' }],
  });
});

test('a process that dies is a failed measurement, with its reason', async () => {
  const measuring = measurer('missing.js', 'job');
  expect(
    await measuring.once('Service time', { kind: 'serve', maxWarmUpMs: 1, windowMs: 1 }, 0.1),
  ).toBe(undefined);
  expect(measuring.failures).toEqual([expect.stringMatching(/^Service time: .*missing\.js/)]);
  expect(measuring.isInterrupted).toBe(false);
});

test('an interrupted measurement is no failure', async () => {
  const interruption = AbortSignal.timeout(300);
  const measuring = measurer('jobs.js', 'wait', interruption);
  await measuring.all(saturation(10, 60_000));
  expect(measuring).toMatchObject({ isInterrupted: true, failures: [], unstable: [] });
});
