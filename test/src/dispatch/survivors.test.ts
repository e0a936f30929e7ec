import { expect, test, vi } from 'vitest';
import { Survivors } from '../../../src/dispatch/survivors.js';
import { jobOf } from './jobs.js';

test('whoever waits for a job is told once that it has ended, and nobody else', () => {
  const survivors = new Survivors();
  const [first, second, third] = [vi.fn<() => void>(), vi.fn<() => void>(), vi.fn<() => void>()];
  const [job, other] = [jobOf(1), jobOf(2)];
  survivors.ended(job);
  survivors.add(job, first);
  survivors.add(job, second);
  survivors.add(other, third);
  survivors.ended(job);
  survivors.ended(job);
  expect([first, second, third].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0]);
});

test('at the end of the pool all are told', () => {
  const survivors = new Survivors();
  const [first, second] = [vi.fn<() => void>(), vi.fn<() => void>()];
  survivors.add(jobOf(1), first);
  survivors.add(jobOf(2), second);
  survivors.stop();
  survivors.stop();
  expect([first, second].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
});
