/**
 * The arms of the experiment: ways for a service to run a CPU job for each document.
 *
 * Invariant: of an arm only its own code is loaded.
 */
import type { Arm } from '../../service/arm.js';

/** The arms, in the order in which they are shown. */
export const ARM_NAMES = ['thread-per-request', 'unbounded', 'millrace'] as const;

export type ArmName = (typeof ARM_NAMES)[number];

/** What an arm may use; those that know no bounds ignore them. */
export interface ArmOptions {
  readonly threads: number;
  readonly backlogJobs: number;
}

/** Starts an arm. */
export async function createArm(name: ArmName, options: ArmOptions): Promise<Arm> {
  switch (name) {
    case 'thread-per-request':
      return (await import('./thread-per-request.js')).createThreadPerRequest();
    case 'unbounded':
      return (await import('./unbounded.js')).createUnbounded(options);
    case 'millrace':
      return await (await import('./millrace.js')).createMillrace(options);
  }
}
