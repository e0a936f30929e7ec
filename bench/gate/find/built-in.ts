/**
 * Defines the scenarios of `millrace bench` as the gate measures them: with the pool of each side only, under the loads
 * of those scenarios.
 *
 * Invariant: in a closed loop, jobs do a known amount of work, so that nothing that slows them down can hide; in an
 * open loop, they take a known time by the clock, so that rates fit every machine.
 */
import { builtFile } from '../../process/built-file.js';
import { dealJobs } from '../../scenarios/tail/mix.js';
import type { LoadSpec, PoolSpec } from '../model/workload.js';

/** A built-in scenario. */
export interface BuiltIn {
  /** 'overhead: no-op, 16 in flight'. */
  readonly name: string;
  readonly spec: Omit<PoolSpec, 'library'>;
}

const THREADS = 2;
const JOBS = builtFile('bench/jobs/cpu.js').href;
const PAYLOAD = builtFile('bench/jobs/payload.js').href;
/** Two threads can run 9,000 of the mixed jobs per second, and 2,000 jobs of one millisecond. */
const TAIL_PER_SECOND = 4500;
const OVERLOAD_PER_SECOND = 4000;
const MIXED_JOBS = 1000;

/** The built-in scenarios, by the name of the scenario of `millrace bench`. */
export const BUILT_INS: Readonly<Record<string, readonly BuiltIn[]>> = {
  overhead: [
    computing('overhead: no-op, 16 in flight', 'noop', [0], closed(16)),
    computing('overhead: no-op, 256 in flight', 'noop', [0], closed(256)),
    computing('overhead: 10 µs, 64 in flight', 'work', [10], closed(64)),
    computing('overhead: 100 µs, 64 in flight', 'work', [100], closed(64)),
  ],
  payload: [
    payload('payload: 1 KB', 1024),
    payload('payload: 100 KB', 100 * 1024),
    payload('payload: 10 MB', 10 * 1024 ** 2),
  ],
  sparse: [computing('sparse: one job every 10 ms', 'noop', [0], { kind: 'paced', everyMs: 10 })],
  tail: [
    computing('tail: mixed jobs at half of the saturation', 'spin', mixedJobs(), {
      kind: 'open',
      perSecond: TAIL_PER_SECOND,
      backlog: 10_000,
    }),
  ],
  overload: [
    computing('overload: twice the saturation', 'spin', [1000], {
      kind: 'open',
      perSecond: OVERLOAD_PER_SECOND,
      backlog: 64,
    }),
  ],
};

function computing(name: string, job: string, values: unknown[], load: LoadSpec): BuiltIn {
  const input = { kind: 'values', values } as const;
  return {
    name,
    spec: { kind: 'pool', module: JOBS, name: job, input, threads: THREADS, load },
  };
}

function payload(name: string, bytes: number): BuiltIn {
  const input = { kind: 'bytes', bytes } as const;
  return {
    name,
    spec: { kind: 'pool', module: PAYLOAD, name: 'echo', input, threads: THREADS, load: closed(4) },
  };
}

function closed(inFlight: number): LoadSpec {
  return { kind: 'closed', inFlight };
}

function mixedJobs(): number[] {
  const next = dealJobs(1);
  return Array.from({ length: MIXED_JOBS }, next);
}
