/** Runs a user's job under a steady load on a real pool, driven into the states that the metrics report. */
import { expect, test } from 'vitest';
import { serve } from '../../../../../build/bench/scenarios/job/measure/steady.js';
import type { Input } from '../../../../../bench/user-job/inputs.js';
import type { Subject } from '../../../../../bench/scenarios/job/measure/user-job.js';

function subject(file: string, name: string, kind: 'none' | 'files' = 'none'): Subject {
  const module = new URL(`../../../../fixtures/own-job/${file}`, import.meta.url).href;
  const input = kind === 'none' ? { kind } : { kind, files: [] };
  return { job: { label: `${file}#${name}`, module, name }, input, seed: 1 };
}

const NONE: readonly Input[] = [{ name: 'undefined', value: undefined }];
const request = { kind: 'serve', maxWarmUpMs: 400, windowMs: 50 } as const;

test('a job without an input that always fails is given up after five calls', async () => {
  const reply = await serve({ ...request, ...subject('jobs.js', 'picky') }, NONE);
  expect(reply).toMatchObject({ isGivenUp: true, warmUp: { jobs: 5 }, service: { count: 0 } });
  const { count, examples } = reply.failures;
  expect(count).toBe(5);
  expect(examples[0]?.message).toMatch(/^TypeError: Cannot destructure/);
});

test('one that succeeds once is measured, and so is one that fails on all of its inputs', async () => {
  const some = await serve({ ...request, ...subject('jobs.js', 'fails4of5') }, NONE);
  expect(some).toMatchObject({ isGivenUp: false });
  expect(some.service.count).toBeGreaterThan(0);
  expect(some.failures.count).toBeGreaterThan(0);
  const inputs = [{ name: 'a', value: -1 }];
  const none = await serve({ ...request, ...subject('endings.js', 'block', 'files') }, inputs);
  expect(none).toMatchObject({ isGivenUp: false, service: { count: 0 } });
  expect(none.failures.count).toBeGreaterThan(5);
});

test('times that never agree are reported as not stable, and measured nevertheless', async () => {
  const { warmUp, service } = await serve(
    { ...request, windowMs: 100, ...subject('unsteady.js', 'slower') },
    NONE,
  );
  expect(warmUp.isStable).toBe(false);
  expect(warmUp.ms).toBeGreaterThanOrEqual(400);
  expect(service.count).toBeGreaterThan(0);
});
