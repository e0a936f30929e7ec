import { expect, test } from 'vitest';
import { rejection } from '../../../helpers/outcomes.js';
import { makeRemoteJob } from '../../../helpers/remote-jobs.js';

test('its state moves on, and its input is let go of at acceptance', async () => {
  const job = makeRemoteJob();
  const acceptance = job.acceptance();
  expect([job.state, job.payload.byteLength]).toEqual(['waiting', 10]);
  job.accept(7);
  expect(await acceptance).toBe(job);
  expect([job.state, job.sequence, job.payload.byteLength]).toEqual(['queued', 7, 0]);
  job.hasStarted = true;
  expect(job.state).toBe('running');
  job.settle('fulfilled', 'result');
  expect([job.state, await job.result]).toEqual(['fulfilled', 'result']);
});

test('it settles once: the first ending stands', async () => {
  const job = makeRemoteJob();
  const acceptance = rejection(job.acceptance());
  let ended = 0;
  job.whenEnded.push(() => (ended += 1));
  expect([job.cancel('first'), job.cancel('second'), job.settle('fulfilled', 1)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([await rejection(job.result), await acceptance, ended]).toEqual(['first', 'first', 1]);
});

test('without a reason it is cancelled with an AbortError', async () => {
  const job = makeRemoteJob();
  job.cancel();
  expect(await rejection(job.result)).toMatchObject({ name: 'AbortError' });
});

test.each(['hasStarted', 'isAccepted', 'isSent'] as const)(
  'it may have started if it %s: the news of its start may be lost',
  (state) => {
    const job = makeRemoteJob();
    expect(job.mayHaveStarted).toBe(false);
    job[state] = true;
    expect(job.mayHaveStarted).toBe(true);
  },
);
