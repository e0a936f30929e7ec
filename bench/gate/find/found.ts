/**
 * Defines what is looked for and what is found: the sides, a file on one of them, a scenario.
 *
 * Invariant: a scenario without a base is only measured, not judged, unless there is a stored baseline.
 */
import type { WorkloadSpec } from '../model/workload.js';
import type { Target } from './target.js';

/** Folders of the two sides. Without a base everything is only measured. */
export interface Folders {
  readonly base?: string;
  readonly head: string;
}

/** A file of a side. */
export interface SideFile {
  readonly side: 'base' | 'head';
  /** The side's copy of the folder that the gate was called in. */
  readonly directory: string;
  /** Path of the file. */
  readonly file: string;
}

/** The file on both sides; base's is absent if there is nothing to compare with. */
export interface SideFiles {
  readonly base?: SideFile;
  readonly head: SideFile;
}

/** A scenario, with what each side runs. */
export interface Found {
  readonly name: string;
  readonly target: Target;
  readonly base?: WorkloadSpec;
  readonly head: WorkloadSpec;
}

export type ModuleTarget = Extract<Target, { kind: 'module' }>;
