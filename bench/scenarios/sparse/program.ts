/**
 * One arm in one process: warms up, then runs one job at a time, with a pause before each.
 *
 * Invariant: a job is submitted only when the one before has been answered, so that nothing queues.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Message, serveParent, tellParent } from '../../child.js';
import { Latencies, type LatencySummary } from '../../latencies.js';
import { type SparseArm, startArm } from './arms.js';

/** What the process is told. */
export interface SparseRequest extends Message {
  readonly kind: 'measure';
  readonly arm: SparseArm;
  readonly threads: number;
  readonly jobs: number;
  readonly warmUpJobs: number;
  readonly intervalMs: number;
}

/** What it answers. */
export interface SparseReply extends Message {
  readonly kind: 'measured';
  readonly latencies: LatencySummary;
}

serveParent<SparseRequest>((request) => void measure(request));

async function measure(request: SparseRequest): Promise<void> {
  const run = await startArm(request.arm, request.threads);
  for (let job = 0; job < request.warmUpJobs; job += 1) await run(job);
  const latencies = new Latencies();
  for (let job = 0; job < request.jobs; job += 1) {
    await pause(request.intervalMs);
    const startMs = performance.now();
    await run(job);
    latencies.record((performance.now() - startMs) * 1000);
  }
  const reply: SparseReply = { kind: 'measured', latencies: latencies.summary() };
  tellParent(reply);
}
