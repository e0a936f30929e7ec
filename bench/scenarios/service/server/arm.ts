/**
 * An arm: one way for a service to do a job for each document. The service around it is the same for
 * all of them.
 *
 * Invariant: every accepted document's `done` is called at most once, and never from within `start`.
 */

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

/** What an arm with a pool runs for each document. */
export interface ArmJob {
  /** A job module, which threads load. */
  readonly module: URL;
  /** Its export. */
  readonly name: string;
}

/** How many documents an arm with a pool works on at once. */
export interface ArmSlots {
  readonly threads: number;
  /** Jobs at once on each thread; default: 1. */
  readonly concurrency?: number;
}

/** An arm that accepts everything. @param begin - Begins the job for a document, or queues it. */
export function unboundedArm(begin: (document: Buffer) => Promise<unknown>): Arm {
  return {
    isFull: () => false,
    start(document, done) {
      void follow(begin(document), done);
      return true;
    },
    retryAfterSeconds: () => 1,
  };
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
