/**
 * Formats the lines that are printed while variants are driven, each as soon as its facts are known.
 *
 * Invariant: every line states one fact and can stand without the final tables.
 */
import type { DocumentSummary } from './load/corpus.js';
import { formatCount, formatMegabytes, formatSeconds } from '../../report/format.js';
import type { ArmEnding, ArmResult, Moment } from './result.js';

/** Width of the label column: the longest name of a variant fits. */
const LABEL_COLUMNS = 20;

/** Describes the documents that the generator posts. */
export function describeDocuments(documents: DocumentSummary): string {
  const { source, count, minBytes, meanBytes, maxBytes } = documents;
  const what =
    source === 'files'
      ? `${count} installed JavaScript files`
      : `${count} synthetic texts (no JavaScript files found)`;
  const [min, mean, max] = [minBytes, meanBytes, maxBytes].map((bytes) => Math.round(bytes / 1024));
  return labelled('documents', `${what}, ${min} to ${max} KB, mean ${mean} KB`);
}

/** @param reason - Explanation of the rate, such as '2 × the capacity'. */
export function describeLoad(
  ratePerSecond: number,
  reason: string | undefined,
  seconds: number,
): string {
  const rate = `${formatCount(ratePerSecond)} per second${reason === undefined ? '' : ` (${reason})`}`;
  return labelled('load', `${rate} for ${formatSeconds(seconds)}, open loop`);
}

/** Describes the outcome of one variant. */
export function describeArm({ name, ending, accepted, refused, completed }: ArmResult): string {
  const counts = `${formatCount(completed)} of ${formatCount(accepted)} done`;
  const refusals = refused === 0 ? '' : `, ${formatCount(refused)} refused`;
  return labelled(name, `${describeEnding(ending)}: ${counts}${refusals}`);
}

/** Describes how a variant ended. */
export function describeEnding({ how, afterSeconds }: ArmEnding): string {
  const after = `after ${formatSeconds(afterSeconds)}`;
  switch (how) {
    case 'survived':
      return 'survived';
    case 'ceiling':
      return `died ${after} (memory limit)`;
    case 'died':
      return `died ${after} (by itself)`;
    case 'interrupted':
      return `interrupted ${after}`;
  }
}

/** Describes a variant at one moment, short enough for a progress line. */
export function describeMoment({ rssBytes, completed, refused }: Moment): string {
  const refusals = refused === 0 ? '' : `, ${formatCount(refused)} refused`;
  return `${formatMegabytes(rssBytes)}, ${formatCount(completed)} done${refusals}`;
}

/** A line of the form `label   text`. */
export function labelled(label: string, text: string): string {
  return `${label.padEnd(LABEL_COLUMNS)}${text}`;
}
