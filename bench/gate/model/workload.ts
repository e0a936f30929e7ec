/**
 * Defines the workload of one side of a comparison, as plain data that crosses to its process, and the interface of a
 * workload there.
 *
 * Invariant: both sides of a comparison get the same specification except for the folder that the code comes from (and,
 * if the gate measures itself, a slowdown added to head).
 */
import type { Figures } from './metrics.js';
import type { InputSource } from '../../user-job/input-source.js';

/** How jobs arrive. */
export type LoadSpec =
  /** This many in flight, each followed by the next one. */
  | { readonly kind: 'closed'; readonly inFlight: number }
  /** At a fixed rate, regardless of their completion; the pool rejects what it has no room for. */
  | { readonly kind: 'open'; readonly perSecond: number; readonly backlog: number }
  /** One after the other, with a pause before each. */
  | { readonly kind: 'paced'; readonly everyMs: number };

/** The user's inputs or those of a scenario: values, or this many bytes. */
export type WorkloadInput =
  | InputSource
  | { readonly kind: 'values'; readonly values: readonly unknown[] }
  | { readonly kind: 'bytes'; readonly bytes: number };

/** Jobs on a pool. */
export interface PoolSpec {
  readonly kind: 'pool';
  /** The job module's `file:` URL. */
  readonly module: string;
  /** The export to run. */
  readonly name: string;
  readonly input: WorkloadInput;
  readonly threads: number;
  readonly load: LoadSpec;
  /** `file:` URL of the library whose pool runs it: the side's own, or that of the gate. */
  readonly library: string;
}

/** One task of a file that exports a tinybench `Bench`. */
export interface TaskSpec {
  readonly kind: 'task';
  readonly module: string;
  readonly task: string;
}

/** Identifies a benchmark of a Vitest bench file. */
export interface BenchmarkId {
  /** Names of the enclosing groups (`describe`), outermost first, joined by ' > '; '' outside of all groups. */
  readonly groups: string;
  readonly name: string;
  /** 1 for the first benchmark with these groups and this name in the file. */
  readonly occurrence: number;
}

/** One benchmark of a Vitest bench file, run by the Vitest that its side has installed. */
export interface VitestSpec {
  readonly kind: 'vitest';
  /** Path of the Vitest CLI. */
  readonly program: string;
  /** Path of the bench file. */
  readonly file: string;
  readonly benchmark: BenchmarkId;
}

export type WorkloadSpec = PoolSpec | TaskSpec | VitestSpec;

/** Results of a warm-up. */
export interface Warmth {
  /** Jobs per second, from which the length of a block is derived. */
  readonly perSecond: number;
  /** Results of the first inputs; absent if not requested, or if any of them can't be compared. */
  readonly answers?: readonly Answer[];
}

/** The result for one input. */
export interface Answer {
  /** The input's name: 'docs/a.md', 'pages.ndjson:7'. */
  readonly input: string;
  /** Equal for equal results: 64 hex digits. */
  readonly fingerprint: string;
  /** The beginning of the result, on one line. */
  readonly preview: string;
}

/** A workload in its process. */
export interface Workload {
  /** Runs for about `ms`. @param compares - Whether the results of the first inputs are returned. */
  warmUp(ms: number, compares: boolean): Promise<Warmth>;
  /**
   * Runs for about `ms`; nothing is in flight when it ends.
   *
   * @param start - Position of the first input, the same for all that are compared.
   */
  block(ms: number, start: number): Promise<Figures>;
}
