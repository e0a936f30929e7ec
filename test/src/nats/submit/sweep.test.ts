import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RemoteSetupError } from '../../../../src/nats/errors.js';
import { namesOf } from '../../../../src/nats/server/names.js';
import type { RemoteJobRecord } from '../../../../src/nats/submit/remote-job.js';
import { Sweep } from '../../../../src/nats/submit/sweep.js';
import { makeRemoteJob } from '../../../helpers/remote-jobs.js';

const SWEEP_MS = 10_000;
const NOT_FOUND = new JetStreamApiError({ code: 404, err_code: 10_037, description: 'no message' });
const NO_STREAM = new JetStreamApiError({ code: 404, err_code: 10_059, description: 'no stream' });
const UNANSWERED = Object.assign(new Error('nobody listens'), { name: 'NoResponders' });

let sweep: Sweep | undefined;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  sweep?.stop();
  sweep = undefined;
  vi.useRealTimers();
});

/** Sweeps over these jobs, on a server that has the messages of the job stream, and the results, that are named. */
function setUp(jobs: readonly RemoteJobRecord[]) {
  const server = {
    stored: new Set<number>(),
    results: new Set<string>(),
    fault: undefined as Error | undefined,
    isClosed: false,
  };
  const seen = { asked: [] as number[], read: [] as string[] };
  const outcome = { lost: [] as string[], gone: [] as RemoteSetupError[] };
  const lookUp = async (_: string, { seq }: { readonly seq: number }) => {
    seen.asked.push(seq);
    if (server.fault !== undefined) throw server.fault;
    return server.stored.has(seq) ? {} : null;
  };
  const manager = {
    direct: { getMessage: lookUp },
    streams: {
      getMessage: async () => {
        throw NOT_FOUND;
      },
      info: async () => {
        throw NO_STREAM;
      },
    },
  } as unknown as JetStreamManager;
  sweep = new Sweep(manager, namesOf('it'), {
    jobs,
    isClosed: () => server.isClosed,
    read: async (id) => {
      seen.read.push(id);
      return server.results.has(id);
    },
    lost: ({ id }) => void outcome.lost.push(id),
    gone: (error) => void outcome.gone.push(error),
  });
  return { server, seen, outcome };
}

function accepted(id: string, sequence: number): RemoteJobRecord {
  const job = makeRemoteJob(id);
  job.accept(sequence);
  return job;
}

test('a job whose message or result is stored is not lost', async () => {
  const { server, seen, outcome } = setUp([accepted('waits', 1), accepted('done', 2)]);
  server.stored.add(1);
  server.results.add('done');
  await vi.advanceTimersByTimeAsync(4 * SWEEP_MS);
  expect(seen.asked.filter((seq) => seq === 1).length).toBeGreaterThanOrEqual(2);
  // The inbox reads the result, and settles the job with it.
  expect(new Set(seen.read)).toEqual(new Set(['done']));
  expect(outcome).toEqual({ lost: [], gone: [] });
});

test('it is lost once neither was found a second time', async () => {
  const { seen, outcome } = setUp([accepted('it', 1)]);
  await vi.advanceTimersByTimeAsync(2 * SWEEP_MS);
  expect([seen.read, outcome.lost]).toEqual([['it'], []]);
  await vi.advanceTimersByTimeAsync(2 * SWEEP_MS);
  expect(outcome.lost).toEqual(['it']);
});

test('a result that is stored between the two questions is read by the next sweep', async () => {
  const { server, outcome } = setUp([accepted('it', 1)]);
  await vi.advanceTimersByTimeAsync(2 * SWEEP_MS);
  server.results.add('it');
  await vi.advanceTimersByTimeAsync(2 * SWEEP_MS);
  expect(outcome.lost).toEqual([]);
});

test('jobs that wait here, and those that were accepted or looked up of late, are not asked for', async () => {
  const { seen } = setUp([makeRemoteJob('waits'), accepted('new', 1)]);
  await vi.advanceTimersByTimeAsync(SWEEP_MS);
  expect(seen).toEqual({ asked: [], read: [] });
});

test('a sweep asks for the 100 jobs that were looked up least recently', async () => {
  const jobs = Array.from({ length: 150 }, (_, at) => accepted(`job-${at}`, at + 1));
  const { server, seen } = setUp(jobs);
  for (const { sequence } of jobs) server.stored.add(sequence);
  await vi.advanceTimersByTimeAsync(2 * SWEEP_MS);
  expect(seen.asked).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
  await vi.advanceTimersByTimeAsync(SWEEP_MS);
  expect(seen.asked.slice(100, 150)).toEqual(Array.from({ length: 50 }, (_, at) => at + 101));
});

test('a server that does not answer is asked again; if its streams are gone, all jobs are', async () => {
  const { server, seen, outcome } = setUp([accepted('it', 1)]);
  server.fault = new Error('not now');
  await vi.advanceTimersByTimeAsync(2 * SWEEP_MS);
  expect(outcome).toEqual({ lost: [], gone: [] });
  server.fault = UNANSWERED;
  await vi.advanceTimersByTimeAsync(2 * SWEEP_MS);
  expect(seen.asked.length).toBeGreaterThan(1);
  expect(outcome.lost).toEqual([]);
  expect(outcome.gone).toMatchObject([{ code: 'ERR_REMOTE_SETUP', fault: 'missing' }]);
});

test('nothing is asked of a closed connection, or after stop', async () => {
  const { server, seen } = setUp([accepted('it', 1)]);
  server.isClosed = true;
  await vi.advanceTimersByTimeAsync(3 * SWEEP_MS);
  server.isClosed = false;
  sweep?.stop();
  await vi.advanceTimersByTimeAsync(3 * SWEEP_MS);
  expect(seen.asked).toEqual([]);
});
