/**
 * Defines the messages between the bench and a service's process: it starts a variant and reports its counts.
 *
 * Invariant: every instant is on the clock of `nowUs`, which all processes share.
 */
import type { LatencySummary } from '../../../load/latencies.js';
import type { ResourceSample } from './process-health.js';

/** The service's counts. completed + failed <= accepted at every instant. */
export interface ServiceTally {
  readonly atUs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly completed: number;
  /** Accepted documents whose job ended with an error. */
  readonly failed: number;
  /** Time from the scheduled request to the end of its job, of the completed documents. */
  readonly completion: LatencySummary;
}

/** The service's counts and resource usage at one instant. */
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
