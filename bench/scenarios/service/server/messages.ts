/**
 * Defines what the bench and the process of a service say to each other: it is started and asked for its
 * counts.
 *
 * Invariant: every instant is on the clock of `nowUs`, which all processes share.
 */
import type { LatencySummary } from '../../../load/latencies.js';
import type { ResourceSample } from './process-health.js';

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
  readonly health: ResourceSample;
}

export type ServiceRequest =
  | { readonly kind: 'start'; readonly arm: string; readonly options: object }
  | { readonly kind: 'count' };

export type ServiceReply =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'report'; readonly report: ServiceReport }
  | { readonly kind: 'counted'; readonly report: ServiceReport };
