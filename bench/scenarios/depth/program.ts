/**
 * Measures `bench depth` in a process of its own: fills a backlog whose only thread is held, cancels some of its
 * jobs, and runs the others.
 *
 * Invariants: only the pool's own work is timed, a block of calls at a time; the shallow and the deep backlog
 * are timed by the same code.
 */
import { performance, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as macrotask } from 'node:timers/promises';
import { builtFile } from '../../process/built-file.js';
import { type Message, serveParent, tellParent } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';
import { type Job, Pool } from '../../../src/index.js';

/** The request that the process receives. */
export interface DepthRequest extends Message {
  readonly kind: 'measure';
  /** Max number of jobs in the deep backlog. */
  readonly depth: number;
  /** Number of submissions, and of cancellations, that are timed at each depth. */
  readonly sample: number;
}

/** Costs of one call, in microseconds. */
export interface Costs {
  readonly submitUs: number;
  readonly cancelUs: number;
  /** Active time of the main thread per job, from leaving the backlog to settling. */
  readonly dispatchUs: number;
}

/** The reply of the process. */
export interface DepthReply extends Measured {
  /** Costs with a backlog of twice the sample. */
  readonly shallow: Costs;
  readonly deep: Costs;
  /** Longest garbage collection while the backlog was deep. */
  readonly longestPauseMs: number;
  readonly bytesPerJob: number;
}

type Jobs = typeof import('../../jobs/held.js');

const MODULE = builtFile('bench/jobs/held.js');
/** Calls between two turns of the event loop. */
const BLOCK = 1000;

serveParent<DepthRequest>((request) => void measure(request));

async function measure({ depth, sample }: DepthRequest): Promise<void> {
  // Warm-up: compiles the code that is timed.
  for (let round = 0; round < 3; round += 1) await fill(2 * sample, sample);
  const shallow = await fill(2 * sample, sample);
  const deep = await fill(depth, sample);
  const reply: DepthReply = {
    kind: 'measured',
    shallow: shallow.costs,
    deep: deep.costs,
    longestPauseMs: deep.longestPauseMs,
    bytesPerJob: deep.bytesPerJob,
  };
  tellParent(reply);
}

async function fill(
  depth: number,
  sample: number,
): Promise<{ costs: Costs; longestPauseMs: number; bytesPerJob: number }> {
  const limits = { jobs: depth + 1, bytes: Number.MAX_SAFE_INTEGER };
  const pool = new Pool<Jobs>(MODULE, { threads: 1, backlog: limits });
  await pool.ready();
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const held = await pool.submit('hold', gate);
  const pauses = watchPauses();
  const heapBefore = process.memoryUsage().heapUsed;
  const jobs: Array<Job<number>> = [];
  const submit = (count: number): Promise<number> =>
    timed(count, () => jobs.push(pool.trySubmit('noop', jobs.length) as Job<number>));
  await submit(depth - sample);
  const submitUs = await submit(sample);
  const bytesPerJob = (process.memoryUsage().heapUsed - heapBefore) / depth;
  // Cancel jobs from all over the backlog.
  const stride = Math.floor(depth / sample);
  let at = 0;
  const cancelUs = await timed(sample, () => {
    jobs[at]?.cancel('cancelled');
    at += stride;
  });
  const before = performance.eventLoopUtilization();
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  await held.result;
  // The job at the end runs last: jobs leave the backlog first in, first out.
  await jobs.findLast((job) => job.state !== 'cancelled')?.result;
  const { active } = performance.eventLoopUtilization(before);
  const longestPauseMs = pauses();
  await pool.close();
  const dispatchUs = (active * 1000) / (depth - sample);
  return { costs: { submitUs, cancelUs, dispatchUs }, longestPauseMs, bytesPerJob };
}

/** Returns the mean time of a call in microseconds, without the turns of the event loop between blocks. */
async function timed(count: number, call: () => unknown): Promise<number> {
  let spentMs = 0;
  for (let done = 0; done < count; done += BLOCK) {
    const startMs = performance.now();
    for (let index = done; index < Math.min(done + BLOCK, count); index += 1) call();
    spentMs += performance.now() - startMs;
    await macrotask();
  }
  return (spentMs * 1000) / count;
}

/** Monitors garbage collection. Returns a function that stops the monitoring and returns the longest pause. */
function watchPauses(): () => number {
  let longestMs = 0;
  const take = (entries: ReadonlyArray<{ readonly duration: number }>): void => {
    for (const { duration } of entries) longestMs = Math.max(longestMs, duration);
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    take(observer.takeRecords());
    observer.disconnect();
    return longestMs;
  };
}
