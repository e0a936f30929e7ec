/**
 * Defines what is looked for and what is found: the sides, a file on one of them, a scenario.
 *
 * Invariant: a scenario without a base is measured and not judged.
 */
import type { WorkloadSpec } from '../model/workload.js';
import type { Target } from './target.js';

/** Where the two sides are. Without a base everything is only measured. */
export interface Folders {
  readonly base?: string;
  readonly head: string;
}

/** A file of a side. */
export interface SideFile {
  readonly side: 'base' | 'head';
  /** The side's folder from which the gate was called. */
  readonly directory: string;
  /** The file's path. */
  readonly file: string;
}

/** The file on both sides; base's is absent if there is nothing to compare with. */
export interface SideFiles {
  readonly base?: SideFile;
  readonly head: SideFile;
}

/** A thing to measure, with what each side runs. */
export interface Found {
  readonly name: string;
  readonly target: Target;
  readonly base?: WorkloadSpec;
  readonly head: WorkloadSpec;
}

export type ModuleTarget = Extract<Target, { kind: 'module' }>;
