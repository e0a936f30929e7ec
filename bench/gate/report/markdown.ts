/**
 * Renders a gate as Markdown for `--md`: a comment on a pull request or the summary of a job.
 *
 * Invariants: the verdict is the first line; scenarios that pass are folded, so that what needs attention is in sight;
 * every scenario and budget is listed with its verdict and reason; to fit into a GitHub comment, the evidence of very
 * many scenarios is left out, first that of those that pass.
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

/** Max length of a GitHub comment, in characters, less what a workflow may add. */
const COMMENT_LIMIT = 65_536 - 1_000;

/** Which scenarios are shown with their evidence. */
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
