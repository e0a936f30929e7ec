/**
 * The machine and the versions that figures belong to.
 *
 * Invariant: read before the load starts, as the load average would otherwise be our own.
 */
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
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
  readonly memoryBytes: number;
  /** Over the last minute, before the experiment. */
  readonly loadAverage: number;
}

export function readEnvironment(): Environment {
  return {
    millrace: packageVersion(),
    piscina: piscinaVersion(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    kernel: release(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    memoryBytes: totalmem(),
    loadAverage: loadavg()[0] ?? 0,
  };
}
