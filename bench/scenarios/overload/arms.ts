/**
 * The arms of the experiment: ways for a service to run a CPU job for each document.
 *
 * Invariant: of an arm only its own code is loaded.
 */
import { builtFile } from '../../process/built-file.js';
import type { Arm, ArmJob } from '../service/server/arm.js';

/** The arms, in the order in which they are shown. */
export const ARM_NAMES = ['thread-per-request', 'unbounded', 'millrace'] as const;

export type ArmName = (typeof ARM_NAMES)[number];

/** What an arm may use; those that know no bounds ignore them. */
export interface ArmOptions {
  readonly threads: number;
  readonly backlogJobs: number;
}

type Jobs = typeof import('../../jobs/documents.js');

/** What both pools run. */
const JOB: ArmJob = {
  module: builtFile('bench/jobs/documents.js'),
  name: 'digest' satisfies keyof Jobs,
};

/** Starts an arm. */
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
