/**
 * Defines a variant of the service (`Arm`): one way to run a job for each document. The service around it is the
 * same for all variants.
 *
 * Invariant: `done` of an accepted document is called at most once, and never from within `start`.
 */

/** Called when the job of an accepted document has ended. */
export type Done = (error?: unknown) => void;

export interface Arm {
  /** True if documents are to be rejected before they are read. */
  isFull(): boolean;
  /**
   * Starts the job for a document, or queues it.
   *
   * @returns Whether it was accepted.
   */
  start(document: Buffer, done: Done): boolean;
  /** Value of `Retry-After` in the response to a rejected document: whole seconds, min 1. */
  retryAfterSeconds(): number;
}

/** The job that a variant with a pool runs for each document. */
export interface ArmJob {
  /** The job module that the threads load. */
  readonly module: URL;
  /** Name of its export. */
  readonly name: string;
}

/** The number of documents that a variant with a pool processes at once. */
export interface ArmSlots {
  readonly threads: number;
  /** Jobs at once on each thread; default: 1. */
  readonly concurrency?: number;
}

/** Creates a variant that accepts everything. @param begin - Starts the job for a document, or queues it. */
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

/** Calls `done` once the job has settled. */
export async function follow(job: Promise<unknown>, done: Done): Promise<void> {
  try {
    await job;
  } catch (error) {
    return done(error ?? new Error('The job failed without a reason.'));
  }
  done();
}
