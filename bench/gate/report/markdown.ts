/**
 * Renders a gate as Markdown: `--md` writes it, for a comment on a pull request or the summary of a job.
 *
 * Invariants: the verdict is the first line; what passes is folded, so that what has to be looked at is
 * in sight; every scenario and budget is there with its verdict and reason; GitHub takes it as a comment, so of very
 * many scenarios the evidence is left out, of those that pass first.
 */
import { text } from '../../report/document.js';
import {
  describeBudgets,
  describeNotes,
  describeOverview,
  formatRun,
  describeState,
} from './describe.js';
import { describeEvidence } from './describe-scenario.js';
import { formatHeadline } from './headline.js';
import type { GateReport, ScenarioReport } from '../model/report.js';
import { formatVerdict } from '../model/wording.js';
import { renderMarkdownBlocks, escapeMarkdown } from '../../report/markdown/document.js';
import { renderMarkdownSurroundings } from '../../report/markdown/surroundings.js';

/** What GitHub takes as a comment, in characters, less what a workflow may add. */
const COMMENT_LIMIT = 65_536 - 1_000;

/** Which scenarios have their tables. */
type Extent = 'all' | 'loud' | 'none';

/** The whole text. */
export function renderGateMarkdown(report: GateReport): string {
  for (const extent of ['all', 'loud'] as const) {
    const rendered = render(report, extent);
    if (rendered.length <= COMMENT_LIMIT) return rendered;
  }
  return render(report, 'none');
}

function render(report: GateReport, extent: Extent): string {
  const { scenarios, notes, environment, startedAt, command } = report;
  const quiet = scenarios.length === 1 ? [] : scenarios.filter(({ verdict }) => verdict === 'pass');
  const loud = scenarios.filter((scenario) => !quiet.includes(scenario));
  return [
    `## ${formatVerdict(report.verdict)}: ${escapeMarkdown(formatHeadline(report))}`,
    '',
    ...renderMarkdownBlocks([
      text(formatRun(report)),
      ...describeState(report),
      ...describeOverview(scenarios),
    ]),
    ...loud.flatMap((scenario) =>
      renderScenario(scenario, extent !== 'none', scenarios.length === 1),
    ),
    ...renderMarkdownBlocks([...describeBudgets(report), ...describeNotes(notes)]),
    ...renderFolded(quiet, extent === 'all'),
    ...renderMarkdownSurroundings(environment, startedAt, command, notes),
  ].join('\n');
}

function renderScenario(
  scenario: ScenarioReport,
  hasEvidence: boolean,
  isOnly: boolean = false,
): string[] {
  const { name, verdict, reason } = scenario;
  return [
    `### ${escapeMarkdown(name)}: ${formatVerdict(verdict)}`,
    '',
    ...renderMarkdownBlocks([
      text(reason),
      ...(hasEvidence ? describeEvidence(scenario, isOnly) : []),
    ]),
  ];
}

function renderFolded(scenarios: readonly ScenarioReport[], hasEvidence: boolean): string[] {
  if (scenarios.length === 0) return [];
  const title =
    scenarios.length === 1 ? 'One scenario passes' : `${scenarios.length} scenarios pass`;
  return [
    `<details><summary>${title}</summary>`,
    '',
    ...scenarios.flatMap((scenario) => renderScenario(scenario, hasEvidence)),
    '</details>',
    '',
  ];
}
