/**
 * An arm: one way for a service to run a CPU job for each document. The service around it is the
 * same for all of them.
 *
 * Invariant: every accepted document's `done` is called at most once, and never from within `start`.
 */

/** The arms, in the order in which they are shown. */
export const ARM_NAMES = ['thread-per-request', 'unbounded', 'millrace'] as const;

export type ArmName = (typeof ARM_NAMES)[number];

/** What an arm may use; those that know no bounds ignore them. */
export interface ArmOptions {
  readonly threads: number;
  readonly backlogJobs: number;
}

/** Called when the job of an accepted document has ended. */
export type Done = (error?: unknown) => void;

export interface Arm {
  /** Whether to refuse before a document is even read. */
  isFull(): boolean;
  /**
   * Starts the job for a document, or queues it.
   *
   * @returns Whether it was accepted.
   */
  start(document: Buffer, done: Done): boolean;
  /** For the answer to a refused document: whole seconds, at least 1. */
  retryAfterSeconds(): number;
}

/** Starts an arm; only its own code is loaded. */
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

/** Calls `done` when a promised job has ended. */
export async function follow(job: Promise<unknown>, done: Done): Promise<void> {
  try {
    await job;
  } catch (error) {
    return done(error ?? new Error('The job failed for no reason.'));
  }
  done();
}
