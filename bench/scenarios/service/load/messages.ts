/**
 * Defines what the bench and the process of the load generator say to each other: it is loaded with
 * documents, drives a service, and is asked for its counts.
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

/** What the generator has counted; `open` only of an open loop. */
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

/** How often this process reports by itself, and that of the service too. */
export const REPORT_EVERY_MS = 100;
