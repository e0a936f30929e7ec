/**
 * A gate as Markdown: what `--md` writes, for a pull request or the summary of a job.
 *
 * Invariants: the verdict is the first line; what passes is folded, so that what has to be looked at is
 * in sight; every scenario and budget is there.
 */
import { text } from '../../report/document.js';
import {
  describeBudgets,
  describeNotes,
  describeOverview,
  describeRun,
  describeState,
} from './describe.js';
import { describeEvidence } from './describe-scenario.js';
import { sayHeadline } from './headline.js';
import type { GateReport, ScenarioReport } from '../model/report.js';
import { sayVerdict } from '../model/wording.js';
import { drawMarkdownBlocks, escapeMarkdown } from '../../report/markdown/document.js';
import { drawMarkdownSurroundings } from '../../report/markdown/surroundings.js';

/** The whole text. */
export function drawGateMarkdown(report: GateReport): string {
  const { scenarios, notes, environment, startedAt, command } = report;
  const quiet = scenarios.length === 1 ? [] : scenarios.filter(({ verdict }) => verdict === 'pass');
  const loud = scenarios.filter((scenario) => !quiet.includes(scenario));
  return [
    `## ${sayVerdict(report.verdict)}: ${escapeMarkdown(sayHeadline(report))}`,
    '',
    ...drawMarkdownBlocks([
      text(describeRun(report)),
      ...describeState(report),
      ...describeOverview(scenarios),
    ]),
    ...loud.flatMap((scenario) => drawScenario(scenario, scenarios.length === 1)),
    ...drawMarkdownBlocks([...describeBudgets(report), ...describeNotes(notes)]),
    ...drawFolded(quiet),
    ...drawMarkdownSurroundings(environment, startedAt, command, notes),
  ].join('\n');
}

function drawScenario(scenario: ScenarioReport, isOnly: boolean = false): string[] {
  const { name, verdict, reason } = scenario;
  return [
    `### ${escapeMarkdown(name)}: ${sayVerdict(verdict)}`,
    '',
    ...drawMarkdownBlocks([text(reason), ...describeEvidence(scenario, isOnly)]),
  ];
}

function drawFolded(scenarios: readonly ScenarioReport[]): string[] {
  if (scenarios.length === 0) return [];
  const title =
    scenarios.length === 1 ? 'One scenario passes' : `${scenarios.length} scenarios pass`;
  return [
    `<details><summary>${title}</summary>`,
    '',
    ...scenarios.flatMap((scenario) => drawScenario(scenario)),
    '</details>',
    '',
  ];
}
