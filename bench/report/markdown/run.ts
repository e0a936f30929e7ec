/**
 * A run as Markdown: what `--md` writes, for a pull request or a job's summary.
 *
 * Invariant: every result whose scenario is known is there, in the order of the run.
 */
import type { BenchFile } from '../../scenarios/bench-file.js';
import type { Scenario } from '../../scenarios/scenario.js';
import { drawMarkdownDocument } from './document.js';
import { drawMarkdownSurroundings } from './surroundings.js';

/** The whole file's text. */
export function drawMarkdown(file: BenchFile, scenarios: readonly Scenario[]): string {
  const { environment, command, startedAt } = file;
  const lines = file.results.flatMap((result) => {
    const scenario = scenarios.find(({ name }) => name === result.scenario);
    if (scenario === undefined) return [];
    return drawMarkdownDocument(scenario.describe(result), '##');
  });
  return [
    '# millrace bench',
    '',
    ...lines,
    '## Where and how',
    '',
    ...drawMarkdownSurroundings(environment, startedAt, command),
  ].join('\n');
}
