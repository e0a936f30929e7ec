/**
 * Times a job on its thread: this job module loads the user's module, calls its function and returns the
 * duration instead of the result.
 *
 * Invariants: the clock runs on the thread, from the call until the returned value has settled; a synchronous
 * job stays synchronous and leaves its thread no idle time; errors are passed on.
 */
import { performance } from 'node:perf_hooks';
import { workerData } from 'node:worker_threads';
import type { JobContext } from '../../../../src/api/worker.js';
import type { JobName } from '../../../user-job/module-name.js';

type JobFunction = (input: unknown, job: JobContext) => unknown;

const { module, name } = workerData as Pick<JobName, 'module' | 'name'>;
/** Captured before the user's module is loaded, which may replace it. */
const now = performance.now.bind(performance);
const call = await findJob();

/** Duration of a job, and how much of it its thread was idle, in milliseconds. */
export type JobTime = readonly [ms: number, idleMs: number];

/** Calls the job and times it. */
export function timed(input: unknown, job: JobContext): JobTime | Promise<JobTime> {
  const before = performance.eventLoopUtilization();
  const startedMs = now();
  // Keeps V8 from inlining the job, as the runner does (`workers/runner.ts`).
  const result: unknown = Reflect.apply(call, undefined, [input, job]);
  if (!isThenable(result)) return [now() - startedMs, 0];
  return Promise.resolve(result).then(() => {
    const ms = now() - startedMs;
    return [ms, performance.eventLoopUtilization(before).idle];
  });
}

/** Loads the job; Node may expose the exports of a CommonJS module in `default` only. */
async function findJob(): Promise<JobFunction> {
  const loaded = (await import(module)) as Readonly<Record<string, unknown>>;
  const { default: fields } = loaded as { default?: Readonly<Record<string, unknown>> };
  return (loaded[name] ?? fields?.[name]) as JobFunction;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
