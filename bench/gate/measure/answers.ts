/**
 * Compares the results of two sides, input by input.
 *
 * Invariants: equal fingerprints mean equal results; a preview is one line, and short enough for a sentence.
 */
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { oneLine } from '../../options/one-line.js';
import type { Answer } from '../model/workload.js';

/** Max length of a preview, in characters. */
const PREVIEW_LENGTH = 60;

/** The beginning of a value as text, such as `{ pages: 3 }`. */
export function previewOf(value: unknown): string {
  const text = oneLine(
    inspect(value, {
      breakLength: Infinity,
      depth: 2,
      maxArrayLength: 5,
      maxStringLength: PREVIEW_LENGTH,
    }),
  );
  return text.length <= PREVIEW_LENGTH ? text : `${text.slice(0, PREVIEW_LENGTH - 1)}…`;
}

/** One checksum of all results, 64 hex digits. Undefined without results. */
export function checksumOf(answers: readonly Answer[] | undefined): string | undefined {
  if (answers === undefined) return undefined;
  const hash = createHash('sha256');
  for (const { fingerprint } of answers) hash.update(fingerprint);
  return hash.digest('hex');
}

/** The first input for which the two sides have different results. */
export function firstDifference(
  base: readonly Answer[] | undefined,
  head: readonly Answer[] | undefined,
): { readonly input: string; readonly base: string; readonly head: string } | undefined {
  for (const [at, before] of (base ?? []).entries()) {
    const now = head?.[at];
    if (now === undefined || now.fingerprint === before.fingerprint) continue;
    return { input: before.input, base: before.preview, head: now.preview };
  }
  return undefined;
}
