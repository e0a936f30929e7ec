/** Sets how the start-up of a process is sampled: which of its first results are timed, and the jobs in flight. */

/** Numbers of the timed results of no-ops, in ascending order. */
export const NTH: readonly number[] = [1, 100, 1000, 10_000];

export const IN_FLIGHT = 64;
