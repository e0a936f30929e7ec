/**
 * Decides how long a load runs before it is measured: until its throughput is stable, up to a limit.
 *
 * Method: the second half of the warm-up consists of two short windows. If their throughputs agree, the warm-up ends
 * without taking longer than requested; else further windows follow until two in a row agree, or until three times
 * the requested time has passed.
 *
 * Invariant: a window runs from the end of one job to the end of another, as that of the measurement does.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** The end of one job, with the number of jobs ended until then. */
export interface End {
  readonly ended: number;
  readonly atMs: number;
}

/** The throughput in one window. */
export interface Probe {
  readonly jobs: number;
  readonly ms: number;
}

/** Length of a window, as a share of the requested warm-up. */
const PROBE_SHARE = 1 / 4;
/** Max windows in all: two within the requested warm-up, eight beyond it. */
const MAX_PROBES = 10;
/** Throughputs that differ by no more than this share of the greater one agree. */
const TOLERANCE = 0.1;

/** Max duration of a warm-up, as a multiple of the requested one. */
export const LONGEST_WARM_UP: number = 1 + (MAX_PROBES - 2) * PROBE_SHARE;

/**
 * Lets a running load warm up.
 *
 * @param nextEnd - Resolves at the next end of a job.
 * @returns Whether the last two windows agreed; false without a warm-up.
 */
export async function warmUp(
  nextEnd: () => Promise<End>,
  { inFlight, warmUpMs }: { readonly inFlight: number; readonly warmUpMs: number },
): Promise<boolean> {
  if (warmUpMs === 0) return false;
  const probeMs = warmUpMs * PROBE_SHARE;
  await pause(warmUpMs - 2 * probeMs);
  let from = await nextEnd();
  let before: Probe | undefined;
  for (let count = 0; count < MAX_PROBES; count += 1) {
    await pause(probeMs);
    const to = await nextEnd();
    const probe = { jobs: to.ended - from.ended, ms: to.atMs - from.atMs };
    if (before !== undefined && doAgree(before, probe, inFlight)) return true;
    before = probe;
    from = to;
  }
  return false;
}

/**
 * Whether two windows show the same throughput. All jobs in flight may end at once, just inside or just outside a
 * window, so a difference of that many jobs does not count.
 */
export function doAgree(before: Probe, after: Probe, inFlight: number): boolean {
  const expected = (before.jobs / before.ms) * after.ms;
  const allowed = Math.max(inFlight, TOLERANCE * Math.max(expected, after.jobs));
  return Math.abs(after.jobs - expected) <= allowed;
}
