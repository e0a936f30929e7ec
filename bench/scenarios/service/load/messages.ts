/**
 * Defines the messages between the bench and the load generator's process: it loads documents, drives a service
 * and reports its counts.
 *
 * Invariant: every instant is on the clock of `nowUs`, which all processes share.
 */
import type { OpenLoopTally } from '../../../load/open-loop.js';
import type { DocumentSet } from './corpus.js';
import type { PostTally } from './http-load.js';

/** How to load a service: at a fixed rate, or with a fixed number of jobs in flight. */
export type Load =
  | { readonly loop: 'open'; readonly ratePerSecond: number; readonly seconds: number }
  | { readonly loop: 'closed'; readonly inFlight: number };

/** The generator's counts; `open` only for an open loop. */
export interface GeneratorTally extends PostTally {
  readonly open?: OpenLoopTally;
}

export type GeneratorRequest =
  | { readonly kind: 'load'; readonly documents: DocumentSet; readonly seed: number }
  | { readonly kind: 'drive'; readonly port: number; readonly load: Load }
  | { readonly kind: 'stop' };

export type GeneratorReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'started'; readonly atUs: number }
  | { readonly kind: 'report'; readonly tally: GeneratorTally }
  | { readonly kind: 'done'; readonly tally: GeneratorTally };

/** Interval of the reports of the generator and of the service. */
export const REPORT_EVERY_MS = 100;
