/**
 * A job that does nothing, for the experiments that measure what a job costs beside its work.
 */

/** Gives its input back. */
export function nothing(input: unknown): unknown {
  return input;
}
