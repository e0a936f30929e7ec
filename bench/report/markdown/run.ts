/**
 * Renders a run as Markdown, which `--md` writes for a pull request or a job's summary.
 *
 * Invariant: the sections keep their order.
 */
import type { BenchFile } from '../bench-file.js';
import type { Section } from '../section.js';
import { renderMarkdownDocument } from './document.js';
import { renderMarkdownSurroundings } from './surroundings.js';

/** Renders the text of the whole file. @param sections - Those of the file's results. */
export function renderMarkdown(file: BenchFile, sections: readonly Section[]): string {
  const { environment, command, startedAt } = file;
  const lines = sections.flatMap(({ document }) => renderMarkdownDocument(document, '##'));
  return [
    '# millrace bench',
    '',
    ...lines,
    '## Where and how',
    '',
    ...renderMarkdownSurroundings(environment, startedAt, command),
  ].join('\n');
}
