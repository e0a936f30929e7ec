/**
 * Draws a run as Markdown: what `--md` writes, for a pull request or a job's summary.
 *
 * Invariant: the sections keep their order.
 */
import type { BenchFile } from '../bench-file.js';
import type { Section } from '../section.js';
import { drawMarkdownDocument } from './document.js';
import { drawMarkdownSurroundings } from './surroundings.js';

/** The whole file's text. @param sections - Those of the file's results. */
export function drawMarkdown(file: BenchFile, sections: readonly Section[]): string {
  const { environment, command, startedAt } = file;
  const lines = sections.flatMap(({ document }) => drawMarkdownDocument(document, '##'));
  return [
    '# millrace bench',
    '',
    ...lines,
    '## Where and how',
    '',
    ...drawMarkdownSurroundings(environment, startedAt, command),
  ].join('\n');
}
