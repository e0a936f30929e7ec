/**
 * What the processes around a service say to each other: the bench starts a service and a
 * load generator, and asks both for their counts.
 *
 * Invariant: every instant is on the clock of `nowUs`, which they share.
 */
import type { DocumentSet } from './corpus.js';
import type { LatencySummary } from '../../load/latencies.js';
import type { OpenLoopTally } from '../../load/open-loop.js';
import type { PostTally } from './poster.js';
import type { VitalSigns } from './vitals.js';

/** What the service has counted. completed + failed <= accepted, at every instant. */
export interface ServiceTally {
  readonly atUs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly completed: number;
  /** Accepted, but the job ended with an error. */
  readonly failed: number;
  /** From the intended start of the request to the end of its job, of the completed ones. */
  readonly completion: LatencySummary;
}

/** What the service says of itself at one instant. */
export interface ServiceReport extends ServiceTally {
  readonly vitals: VitalSigns;
}

export type ServiceRequest =
  | { readonly kind: 'start'; readonly arm: string; readonly options: object }
  | { readonly kind: 'count' };

export type ServiceReply =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'report'; readonly report: ServiceReport }
  | { readonly kind: 'counted'; readonly report: ServiceReport };

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

/** How often the two processes report by themselves. */
export const REPORT_EVERY_MS = 100;
