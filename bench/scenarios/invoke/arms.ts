/**
 * The arms of the experiment: ways for a service to make a call of a slower service for each document.
 *
 * Invariant: of an arm only its own code is loaded; all of them call the same address.
 */
import { SECOND_SERVICE } from '../../jobs/invocations.js';
import { builtFile } from '../../process/built-file.js';
import type { Arm, ArmJob } from '../service/server/arm.js';

/** The arms, in the order in which they are shown. */
export const ARM_NAMES = ['fire-and-forget', 'unbounded', 'millrace'] as const;

export type ArmName = (typeof ARM_NAMES)[number];

/** What an arm may use; those that know no bounds ignore them. */
export interface ArmOptions {
  /** The second service's. */
  readonly port: number;
  readonly threads: number;
  /** Calls at once on each thread. */
  readonly concurrency: number;
  readonly backlogJobs: number;
}

type Jobs = typeof import('../../jobs/invocations.js');

/** What both pools run. */
const JOB: ArmJob = {
  module: builtFile('bench/jobs/invocations.js'),
  name: 'invoke' satisfies keyof Jobs,
};

/** Starts an arm. */
export async function createArm(name: ArmName, options: ArmOptions): Promise<Arm> {
  // Threads have a copy of the environment of their process.
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
