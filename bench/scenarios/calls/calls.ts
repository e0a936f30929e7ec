/**
 * Defines the calls that `bench calls` times, and the messages of its two processes.
 */
import type { Message } from '../../process/child.js';
import type { Measured } from '../../process/fresh-process.js';

/** The request that the process receives. */
export interface CallsRequest extends Message {
  readonly kind: 'measure';
  /** Time for each call. */
  readonly timeMs: number;
}

/** The timed calls in the order of the report. */
export const CALLS = [
  'trySubmit, refused',
  'run, refused',
  'trySubmit and cancel',
  'stats',
  'run, one after the other',
] as const;

export type Call = (typeof CALLS)[number];

/** The reply of the process. */
export interface CallsReply extends Measured {
  /** Median of the samples of each call, in milliseconds. */
  readonly calls: ReadonlyArray<{
    readonly call: Call;
    readonly ms: number;
    readonly samples: number;
  }>;
}
