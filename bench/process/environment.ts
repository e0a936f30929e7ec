/**
 * The machine and the versions that figures belong to.
 *
 * Invariants: read before the load starts, as the load average would otherwise be our own; a limit is
 * there only where there is one.
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
  /** Processors that this process may use. */
  readonly processors: number;
  /** The cgroup's CPU quota, in processors: 1.5 is one and a half. */
  readonly cpuQuota?: number;
  readonly memoryBytes: number;
  /** The cgroup's limit; less than the memory. */
  readonly memoryLimitBytes?: number;
  /** Over the last minute, before the experiment. */
  readonly loadAverage: number;
}

/** Above this share of the processors a load average is told. */
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
 * What `process.constrainedMemory` says, where it is a limit: without one it gives undefined, 0 or
 * 2^64, depending on the version of Node and of the cgroup.
 */
export function memoryLimit(
  constrainedBytes: number | undefined,
  memoryBytes: number,
): number | undefined {
  if (constrainedBytes === undefined || constrainedBytes <= 0) return undefined;
  return constrainedBytes < memoryBytes ? constrainedBytes : undefined;
}

/** A sentence where the machine had other work when the run began; undefined where it had little. */
export function describeBusy(
  { loadAverage, processors }: Pick<Environment, 'loadAverage' | 'processors'>,
  subject: string = 'The machine',
): string | undefined {
  if (loadAverage <= processors * BUSY) return undefined;
  return (
    `${subject} was busy when the run began: a load average of ${loadAverage.toFixed(2)} on ` +
    `${processors} ${processors === 1 ? 'processor' : 'processors'}.`
  );
}
