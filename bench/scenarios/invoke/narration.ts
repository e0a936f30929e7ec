/**
 * Formats the progress lines of this scenario, besides those of its variants.
 *
 * Invariant: as in `service/narration.ts`.
 */
import { labelled } from '../service/narration.js';
import { formatCount, formatDuration, formatMegabytes, formatRate } from '../../report/format.js';
import { type InvokeSettings, servedPerSecond } from './settings.js';

export function describeSecondService(settings: InvokeSettings): string {
  const { slots, delayMs } = settings;
  return labelled(
    'second service',
    `${formatCount(slots)} at once, ${formatDuration(delayMs)} each: ` +
      `${formatRate(servedPerSecond(settings))} per second`,
  );
}

export function describePools(settings: InvokeSettings): string {
  const { threads, concurrency, backlogJobs, ceilingBytes } = settings;
  const pool =
    `${threads === 1 ? '1 thread' : `${threads} threads`} × ${formatCount(concurrency)} calls, ` +
    `backlog of ${formatCount(backlogJobs)}`;
  return labelled('service', `${pool}, memory limit ${formatMegabytes(ceilingBytes)}`);
}
