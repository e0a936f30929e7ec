/** How a young process is seen to become fast: which of its first results are timed, and how many jobs are in flight. */

/** Of jobs that do nothing, in ascending order. */
export const NTH: readonly number[] = [1, 100, 1000, 10_000];

export const IN_FLIGHT = 64;
