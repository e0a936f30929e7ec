/**
 * The lines that are printed while arms are driven, each as soon as it is known.
 *
 * Invariant: every line says one thing and can stand without the final tables.
 */
import type { DocumentSummary } from './load/corpus.js';
import { formatCount, formatMegabytes, formatSeconds } from '../../report/format.js';
import type { ArmEnding, ArmResult, Moment } from './result.js';

/** As wide as the longest name of an arm. */
const LABEL_COLUMNS = 20;

/** What the generator posts. */
export function describeDocuments(documents: DocumentSummary): string {
  const { source, count, minBytes, meanBytes, maxBytes } = documents;
  const what =
    source === 'files'
      ? `${count} installed JavaScript files`
      : `${count} synthetic texts (no JavaScript files found)`;
  const [min, mean, max] = [minBytes, meanBytes, maxBytes].map((bytes) => Math.round(bytes / 1024));
  return labelled('documents', `${what}, ${min} to ${max} KB, mean ${mean} KB`);
}

/** @param reason - Why that rate, such as '2 × the capacity'. */
export function describeLoad(
  ratePerSecond: number,
  reason: string | undefined,
  seconds: number,
): string {
  const rate = `${formatCount(ratePerSecond)} per second${reason === undefined ? '' : ` (${reason})`}`;
  return labelled('load', `${rate} for ${formatSeconds(seconds)}, open loop`);
}

/** What became of one arm. */
export function describeArm({ name, ending, accepted, refused, completed }: ArmResult): string {
  const counts = `${formatCount(completed)} of ${formatCount(accepted)} done`;
  const refusals = refused === 0 ? '' : `, ${formatCount(refused)} refused`;
  return labelled(name, `${describeEnding(ending)}: ${counts}${refusals}`);
}

/** How an arm ended, in few words. */
export function describeEnding({ how, afterSeconds }: ArmEnding): string {
  const after = `after ${formatSeconds(afterSeconds)}`;
  switch (how) {
    case 'survived':
      return 'survived';
    case 'ceiling':
      return `died ${after} (memory ceiling)`;
    case 'died':
      return `died ${after} (by itself)`;
    case 'interrupted':
      return `interrupted ${after}`;
  }
}

/** An arm at this moment, short enough for a line of progress. */
export function describeMoment({ rssBytes, completed, refused }: Moment): string {
  const refusals = refused === 0 ? '' : `, ${formatCount(refused)} refused`;
  return `${formatMegabytes(rssBytes)}, ${formatCount(completed)} done${refusals}`;
}

/** A line of the form `label   text`. */
export function labelled(label: string, text: string): string {
  return `${label.padEnd(LABEL_COLUMNS)}${text}`;
}
