/**
 * A run as one HTML page: what `--html` writes.
 */
import type { BenchFile } from '../bench-file.js';
import type { Scenario } from '../scenario.js';

/** The whole page. */
export function drawPage(file: BenchFile, scenarios: readonly Scenario[]): string {
  return `<!doctype html><title>millrace bench</title><pre>${file.results.length} ${scenarios.length}</pre>`;
}
