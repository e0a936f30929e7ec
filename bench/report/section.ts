/**
 * Defines the section of a report about one result, so that rendering needs no list of scenarios.
 */
import type { FileResult } from './bench-file.js';
import type { Document } from './document.js';

/** A result and its description. */
export interface Section {
  readonly result: FileResult;
  readonly document: Document;
  /** The scenario's summary. */
  readonly summary: string;
}
