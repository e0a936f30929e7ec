/**
 * Formats the progress lines of this scenario, besides those of its variants.
 *
 * Invariant: as in `service/narration.ts`.
 */
import { labelled } from '../service/narration.js';
import { formatCount, formatMegabytes } from '../../report/format.js';
import type { Capacity } from './capacity.js';
import type { OverloadSettings } from './settings.js';

export function describeService({ threads, backlogJobs, ceilingBytes }: OverloadSettings): string {
  const pool = `${threads === 1 ? '1 thread' : `${threads} threads`}, backlog of ${backlogJobs} jobs`;
  return labelled('service', `${pool}, memory limit ${formatMegabytes(ceilingBytes)}`);
}

export function describeCapacity(label: string, { perSecond, windows }: Capacity): string {
  const each = windows.map((window) => formatCount(window)).join(', ');
  return labelled(label, `${formatCount(perSecond)} documents per second (median of ${each})`);
}
