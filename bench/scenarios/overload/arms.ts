/**
 * Creates the variants: ways for a service to run a CPU job for each document.
 *
 * Invariant: only the code of the requested variant is loaded.
 */
import { builtFile } from '../../process/built-file.js';
import type { Arm, ArmJob } from '../service/server/arm.js';

/** The variants in the order of the report. */
export const ARM_NAMES = ['thread-per-request', 'unbounded', 'millrace'] as const;

export type ArmName = (typeof ARM_NAMES)[number];

/** Options of the variants; the unbounded ones ignore those they have no use for. */
export interface ArmOptions {
  readonly threads: number;
  readonly backlogJobs: number;
}

type Jobs = typeof import('../../jobs/documents.js');

/** The job of both pools. */
const JOB: ArmJob = {
  module: builtFile('bench/jobs/documents.js'),
  name: 'digest' satisfies keyof Jobs,
};

/** Creates a variant. */
export async function createArm(name: ArmName, options: ArmOptions): Promise<Arm> {
  switch (name) {
    case 'thread-per-request':
      return (await import('./thread-per-request.js')).createThreadPerRequest();
    case 'unbounded':
      return (await import('../service/server/piscina-arm.js')).piscinaArm(JOB, options);
    case 'millrace':
      return await (await import('../service/server/millrace-arm.js')).millraceArm(JOB, options);
  }
}
