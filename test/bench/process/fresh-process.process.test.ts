import { expect, test } from 'vitest';
import { type Measured, measureFresh } from '../../../bench/process/fresh-process.js';
import type { OverheadReply } from '../../../bench/scenarios/overhead/program.js';
import type { StartupRequest } from '../../../bench/scenarios/startup/program.js';

const program = new URL('../../../build/bench/scenarios/overhead/program.js', import.meta.url);
const request = {
  kind: 'measure',
  peer: 'ring',
  threads: 1,
  job: 'noop',
  us: 0,
  inFlight: 2,
  warmUpMs: 5,
  windowMs: 20,
};
const never = new AbortController().signal;

test('the answer of a process that measures', async () => {
  const { throughput } = await measureFresh<OverheadReply>(program, request, {
    limitMs: 60_000,
    signal: never,
  });
  expect(throughput.jobs).toBeGreaterThan(0);
});

test('messages on the way are heard in their order, and the answer is one of them', async () => {
  const startup = new URL('../../../build/bench/scenarios/startup/program.js', import.meta.url);
  const heard: string[] = [];
  const start: StartupRequest = { kind: 'start', peer: 'ring', threads: 1, told: [] };
  await measureFresh<Measured>(startup, start, {
    limitMs: 60_000,
    signal: never,
    onMessage: ({ kind }) => void heard.push(kind),
  });
  expect(heard).toEqual(['running', 'first result', 'measured']);
});

test('a process that does not answer in time is a failure', async () => {
  const slow = { ...request, windowMs: 60_000 };
  await expect(
    measureFresh<Measured>(program, slow, { limitMs: 300, signal: never }),
  ).rejects.toThrow('No response within 0.3 s.');
});

test('a process that fails says why', async () => {
  const wrong = { ...request, peer: 'nobody' };
  await expect(
    measureFresh<Measured>(program, wrong, { limitMs: 60_000, signal: never }),
  ).rejects.toThrow('The process ended: exit code 1: TypeError: ');
});

test('an interruption ends the process', async () => {
  const slow = { ...request, windowMs: 60_000 };
  const signal = AbortSignal.timeout(200);
  await expect(measureFresh<Measured>(program, slow, { limitMs: 60_000, signal })).rejects.toThrow(
    'The process ended: SIGKILL',
  );
});
