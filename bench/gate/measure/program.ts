/**
 * Runs one side of a comparison in a process of its own: loads a workload and runs it block by block, on request.
 *
 * Invariants: between two requests it does nothing, so that the other side's block is undisturbed; a failure ends the
 * process, with the reason on stderr.
 */
import { jobFunctions } from '../../../workers/job-functions.js';
import { serveParent, tellParent, type Message } from '../../process/child.js';
import { theilSen } from '../../math/theil-sen.js';
import type { Figures } from '../model/metrics.js';
import { startPoolWorkload } from './pool-workload.js';
import { measureReferences, type References } from '../model/references.js';
import { benchOf, startTaskWorkload } from './task-workload.js';
import type { Warmth, Workload, WorkloadSpec } from '../model/workload.js';

/** Requests to the process. */
export type SideRequest =
  | { readonly kind: 'inspect'; readonly module: string }
  | { readonly kind: 'reference' }
  | { readonly kind: 'prepare'; readonly spec: WorkloadSpec }
  | { readonly kind: 'warmUp'; readonly ms: number; readonly compares: boolean }
  | {
      readonly kind: 'block';
      readonly ms: number;
      /** Position of the first input. */
      readonly start: number;
    };

/** Replies of the process, each to the request with nearly the same name. */
export type SideReply =
  | {
      readonly kind: 'inspected';
      /** Names of the tasks, if the module exports a tinybench `Bench`. */
      readonly tasks?: readonly string[];
      /** Names of the jobs. */
      readonly functions: readonly string[];
    }
  | { readonly kind: 'referenceDone'; readonly references: References }
  | { readonly kind: 'prepared' }
  | (Warmth & { readonly kind: 'warm' })
  | {
      readonly kind: 'blockDone';
      readonly figures: Figures;
      /** Metrics of the whole process so far. */
      readonly whole: Figures;
    };

let workload: Workload | undefined;
/** Resident memory in bytes after each block, with the number of jobs until then. */
const memory: Array<readonly [jobs: number, bytes: number]> = [];
let jobs = 0;

serveParent<SideRequest & Message>((request) => void answer(request).then(tellParent));

async function answer(request: SideRequest): Promise<SideReply> {
  switch (request.kind) {
    case 'inspect':
      return inspect((await import(request.module)) as Record<string, unknown>);
    case 'reference':
      return { kind: 'referenceDone', references: await measureReferences() };
    case 'prepare':
      workload = await start(request.spec);
      return { kind: 'prepared' };
    case 'warmUp':
      return { kind: 'warm', ...(await prepared(workload).warmUp(request.ms, request.compares)) };
    case 'block': {
      const figures = await prepared(workload).block(request.ms, request.start);
      jobs += ((figures.throughput ?? 0) * request.ms) / 1000;
      memory.push([jobs, process.memoryUsage.rss()]);
      return { kind: 'blockDone', figures, whole: wholeFigures() };
    }
  }
}

function start(spec: WorkloadSpec): Promise<Workload> {
  switch (spec.kind) {
    case 'pool':
      return startPoolWorkload(spec);
    case 'task':
      return startTaskWorkload(spec);
    case 'vitest':
      throw new Error('Benchmarks of Vitest are run by Vitest (vitest-run.ts).');
  }
}

function inspect(module: Record<string, unknown>): SideReply {
  const tasks = benchOf(module)?.tasks.map(({ name }) => name);
  const functions = jobFunctions(module).map(([name]) => name);
  return { kind: 'inspected', functions, ...(tasks !== undefined && { tasks }) };
}

/**
 * Metrics of the whole process, not of one block. The peak that the system reports would include the parent's memory.
 */
function wholeFigures(): Figures {
  const rss = Math.max(...memory.map(([, bytes]) => bytes));
  const slope = theilSen(memory)?.slope;
  // Relative to the peak, as a difference in bytes would say nothing.
  return { rss, ...(slope !== undefined && { memorySlope: (slope * 1000) / rss }) };
}

function prepared<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('Nothing was prepared.');
  return part;
}
