/**
 * What one side of a comparison is made to do, as plain data that crosses to its process, and what a
 * workload can be asked for there.
 *
 * Invariant: both sides of a comparison get the same specification but for the folder that the code
 * comes from (and, where the gate measures itself, a slowdown that one of them was given).
 */
import type { Figures } from './metrics.js';
import type { InputSource } from '../../user-job/input-source.js';

/** How jobs come. */
export type LoadSpec =
  /** So many in flight, each followed by the next one. */
  | { readonly kind: 'closed'; readonly inFlight: number }
  /** At a fixed rate, whatever becomes of them; the pool refuses what it has no room for. */
  | { readonly kind: 'open'; readonly perSecond: number; readonly backlog: number }
  /** One after the other, with a pause before each. */
  | { readonly kind: 'paced'; readonly everyMs: number };

/** The user's inputs, or those of a scenario: values, or so many bytes. */
export type WorkloadInput =
  | InputSource
  | { readonly kind: 'values'; readonly values: readonly unknown[] }
  | { readonly kind: 'bytes'; readonly bytes: number };

/** Jobs on a pool. */
export interface PoolSpec {
  readonly kind: 'pool';
  /** The job module's `file:` URL. */
  readonly module: string;
  /** Its export. */
  readonly name: string;
  readonly input: WorkloadInput;
  readonly threads: number;
  readonly load: LoadSpec;
  /** The `file:` URL of the library whose pool runs it: the side's own, or that of the gate. */
  readonly library: string;
}

/** One task of a file that exports a tinybench `Bench`. */
export interface TaskSpec {
  readonly kind: 'task';
  readonly module: string;
  readonly task: string;
}

/** Which benchmark of a Vitest bench file. */
export interface BenchmarkId {
  /** The names of the groups around it (`describe`), the outermost first, joined by ' > '; '' outside of all. */
  readonly groups: string;
  readonly name: string;
  /** 1 for the first one of these groups and this name in the file. */
  readonly occurrence: number;
}

/** One benchmark of a Vitest bench file, run by the Vitest that its side has installed. */
export interface VitestSpec {
  readonly kind: 'vitest';
  /** The path of Vitest's own program. */
  readonly program: string;
  /** The path of the bench file. */
  readonly file: string;
  readonly benchmark: BenchmarkId;
}

export type WorkloadSpec = PoolSpec | TaskSpec | VitestSpec;

/** What a warm-up has found. */
export interface Warmth {
  /** Jobs per second of the last stretch, for the length of a block. */
  readonly perSecond: number;
  /** The results of the first inputs; absent if any of them can't be compared. */
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
  /** Runs for about so long. @param compares - Whether the first inputs' results are returned. */
  warmUp(ms: number, compares: boolean): Promise<Warmth>;
  /**
   * Runs for about so long; when it is over nothing is in flight.
   *
   * @param start - Where in its inputs it begins: the same for all that are compared.
   */
  block(ms: number, start: number): Promise<Figures>;
}
