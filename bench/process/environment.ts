/**
 * Records the machine and the versions that a result was measured with.
 *
 * Invariants: read before the load starts, because the load average would otherwise include our own load; a limit is
 * recorded only if there is one.
 */
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { cpuQuota } from '../../src/api/parallelism.js';
import { packageVersion, piscinaVersion } from './installation.js';

/** Recorded with every result. */
export interface Environment {
  readonly millrace: string;
  readonly piscina: string;
  readonly node: string;
  readonly platform: string;
  readonly kernel: string;
  readonly cpu: string;
  /** CPUs that this process may use. */
  readonly processors: number;
  /** The cgroup's CPU quota, in CPUs: 1.5 is one and a half. */
  readonly cpuQuota?: number;
  readonly memoryBytes: number;
  /** The cgroup's memory limit, if it is less than the memory. */
  readonly memoryLimitBytes?: number;
  /** Average over the last minute before the experiment. */
  readonly loadAverage: number;
}

/** A load average above this share of the CPUs is reported. */
const BUSY = 0.5;

export function readEnvironment(): Environment {
  const quota = process.platform === 'linux' ? cpuQuota() : undefined;
  const memoryBytes = totalmem();
  const limit = memoryLimit(process.constrainedMemory(), memoryBytes);
  return {
    millrace: packageVersion(),
    piscina: piscinaVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    kernel: release(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    ...(quota !== undefined && { cpuQuota: quota }),
    memoryBytes,
    ...(limit !== undefined && { memoryLimitBytes: limit }),
    loadAverage: loadavg()[0] ?? 0,
  };
}

/**
 * Returns the value of `process.constrainedMemory` if it is a limit: without one it is undefined, 0 or 2^64,
 * depending on the versions of Node and of the cgroup.
 */
export function memoryLimit(
  constrainedBytes: number | undefined,
  memoryBytes: number,
): number | undefined {
  if (constrainedBytes === undefined || constrainedBytes <= 0) return undefined;
  return constrainedBytes < memoryBytes ? constrainedBytes : undefined;
}

/** Returns a sentence if the machine was busy when the run began, else undefined. */
export function describeBusy(
  { loadAverage, processors }: Pick<Environment, 'loadAverage' | 'processors'>,
  subject: string = 'The machine',
): string | undefined {
  if (loadAverage <= processors * BUSY) return undefined;
  return (
    `${subject} was busy when the run began: a load average of ${loadAverage.toFixed(2)} on ` +
    `${processors} ${processors === 1 ? 'CPU' : 'CPUs'}.`
  );
}
