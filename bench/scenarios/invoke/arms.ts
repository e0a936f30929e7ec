/**
 * Creates the variants: ways for a service to call a slower service for each document.
 *
 * Invariant: only the code of the requested variant is loaded; all variants call the same address.
 */
import { SECOND_SERVICE } from '../../jobs/invocations.js';
import { builtFile } from '../../process/built-file.js';
import type { Arm, ArmJob } from '../service/server/arm.js';

/** The variants in the order of the report. */
export const ARM_NAMES = ['fire-and-forget', 'unbounded', 'millrace'] as const;

export type ArmName = (typeof ARM_NAMES)[number];

/** Options of the variants; the unbounded ones ignore those they have no use for. */
export interface ArmOptions {
  /** Port of the second service. */
  readonly port: number;
  readonly threads: number;
  /** Calls at once on each thread. */
  readonly concurrency: number;
  readonly backlogJobs: number;
}

type Jobs = typeof import('../../jobs/invocations.js');

/** The job of both pools. */
const JOB: ArmJob = {
  module: builtFile('bench/jobs/invocations.js'),
  name: 'invoke' satisfies keyof Jobs,
};

/** Creates a variant. */
export async function createArm(name: ArmName, options: ArmOptions): Promise<Arm> {
  // Threads get a copy of their process's environment.
  process.env[SECOND_SERVICE] = `http://127.0.0.1:${options.port}/`;
  switch (name) {
    case 'fire-and-forget':
      return (await import('./fire-and-forget.js')).createFireAndForget();
    case 'unbounded':
      return (await import('../service/server/piscina-arm.js')).piscinaArm(JOB, options);
    case 'millrace':
      return await (await import('../service/server/millrace-arm.js')).millraceArm(JOB, options);
  }
}
