/**
 * Defines what a report shows of one result: who draws it needs no list of scenarios.
 */
import type { FileResult } from './bench-file.js';
import type { Document } from './document.js';

/** A result, and what it says. */
export interface Section {
  readonly result: FileResult;
  readonly document: Document;
  /** What the scenario is about. */
  readonly summary: string;
}
