/**
 * The calls that `bench calls` times, and what its two processes say to each other.
 */
import type { Message } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';

/** What the process is told. */
export interface CallsRequest extends Message {
  readonly kind: 'measure';
  /** For each of the calls. */
  readonly timeMs: number;
}

/** The calls that are timed, in the order in which they are shown. */
export const CALLS = [
  'trySubmit, refused',
  'run, refused',
  'trySubmit and cancel',
  'stats',
  'run, one after the other',
] as const;

export type Call = (typeof CALLS)[number];

/** What it answers. */
export interface CallsReply extends Measured {
  /** For each call the median of its samples, in milliseconds. */
  readonly calls: ReadonlyArray<{
    readonly call: Call;
    readonly ms: number;
    readonly samples: number;
  }>;
}
