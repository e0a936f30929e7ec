/**
 * How long a load runs before it is measured: until its throughput is stable, or long enough.
 *
 * Method: the second half of the warm-up is two short windows. Where their throughputs agree it is
 * over, and has taken no longer than it was told to; else further windows follow until two in a row
 * agree, or three times the warm-up are over.
 *
 * Invariant: a window goes from the end of one job to the end of another, as the measurement's own.
 */
import { setTimeout as pause } from 'node:timers/promises';

/** The end of one job, with how many had ended until then. */
export interface End {
  readonly ended: number;
  readonly atMs: number;
}

/** What was done in one window. */
export interface Probe {
  readonly jobs: number;
  readonly ms: number;
}

/** Windows of this share of the warm-up are compared. */
const PROBE_SHARE = 1 / 4;
/** As many of them in all: two within the warm-up, eight beyond it. */
const MAX_PROBES = 10;
/** Throughputs that differ by less, as a share of the greater one, agree. */
const TOLERANCE = 0.1;

/** What a warm-up takes at most, as a multiple of what it was told to. */
export const LONGEST_WARM_UP: number = 1 + (MAX_PROBES - 2) * PROBE_SHARE;

/**
 * Lets a running load warm up.
 *
 * @param nextEnd - Fulfils at the next end of a job.
 * @returns Whether the last two windows agreed; never without a warm-up.
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
 * Whether two windows show the same throughput. All jobs in flight may end at once, just within a
 * window or just after it: so many jobs more or fewer are no difference.
 */
export function doAgree(before: Probe, after: Probe, inFlight: number): boolean {
  const expected = (before.jobs / before.ms) * after.ms;
  const allowed = Math.max(inFlight, TOLERANCE * Math.max(expected, after.jobs));
  return Math.abs(after.jobs - expected) <= allowed;
}
