/**
 * The job module of the threads that time a job: loads the user's module and calls its function, and
 * answers how long that took instead of what came of it.
 *
 * Invariants: the clock runs on the thread, from the call to the end of what it returned; a job that
 * is not asynchronous stays so, and never leaves its thread idle; what it throws is thrown on.
 */
import { performance } from 'node:perf_hooks';
import { workerData } from 'node:worker_threads';
import type { JobContext } from '../../../../src/api/worker.js';
import type { JobName } from '../../../user-job/module-name.js';

type JobFunction = (input: unknown, job: JobContext) => unknown;

const { module, name } = workerData as Pick<JobName, 'module' | 'name'>;
/** Taken before the user's module is loaded, as it may replace it. */
const now = performance.now.bind(performance);
const call = await findJob();

/** How long a job took, and for how long of that its thread had nothing to do, in milliseconds. */
export type JobTime = readonly [ms: number, idleMs: number];

/** Calls the job. */
export function timed(input: unknown, job: JobContext): JobTime | Promise<JobTime> {
  const before = performance.eventLoopUtilization();
  const startedMs = now();
  // Not compiled into this function, as it isn't into the runner either (`workers/runner.ts`).
  const result: unknown = Reflect.apply(call, undefined, [input, job]);
  if (!isThenable(result)) return [now() - startedMs, 0];
  return Promise.resolve(result).then(() => {
    const ms = now() - startedMs;
    return [ms, performance.eventLoopUtilization(before).idle];
  });
}

/** Of a CommonJS module Node may show the fields in `default` only. */
async function findJob(): Promise<JobFunction> {
  const loaded = (await import(module)) as Readonly<Record<string, unknown>>;
  const { default: fields } = loaded as { default?: Readonly<Record<string, unknown>> };
  return (loaded[name] ?? fields?.[name]) as JobFunction;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
