/**
 * Reports the result of a gate to GitHub Actions: the job summary, an annotation for each scenario and budget that
 * fails or is inconclusive, and one for a gate that is inconclusive or could not measure something.
 *
 * Invariants: nothing happens elsewhere; a report that can't be written never changes the result; no text can begin a
 * workflow command of its own.
 */
import { appendFileSync } from 'node:fs';
import { renderGateMarkdown } from './markdown.js';
import type { Screen } from '../../report/terminal/screen.js';
import { formatHeadline, formatState, isOpen, UNMEASURED } from './headline.js';
import type { GateReport, Verdict } from '../model/report.js';

type Level = 'error' | 'warning';

/** Appends to the file of GITHUB_STEP_SUMMARY and writes the annotations, if GITHUB_ACTIONS is 'true'. */
export function writeToGithub(report: GateReport, env: NodeJS.ProcessEnv, screen: Screen): void {
  if (env['GITHUB_ACTIONS'] !== 'true') return;
  for (const { name, verdict, reason } of [...report.scenarios, ...report.budgets]) {
    const level = levelOf(verdict, report);
    if (level !== undefined) annotate(screen, level, `millrace gate: ${name}`, reason);
  }
  if (report.exitCode === 1) annotate(screen, 'error', 'millrace gate', UNMEASURED);
  else if (report.verdict === 'inconclusive') {
    const title = `millrace gate: INCONCLUSIVE, ${formatHeadline(report)}`;
    annotate(screen, report.isStrict ? 'error' : 'warning', title, formatState(report).join(' '));
  }
  const path = env['GITHUB_STEP_SUMMARY'];
  if (path === undefined || path === '') return;
  try {
    appendFileSync(path, renderGateMarkdown(report));
  } catch (error) {
    const { message } = error as Error;
    annotate(screen, 'warning', 'millrace gate', `The job summary can't be written: ${message}.`);
  }
}

function levelOf(verdict: Verdict, { isStrict }: GateReport): Level | undefined {
  if (verdict === 'fail') return 'error';
  if (!isOpen(verdict)) return undefined;
  return isStrict ? 'error' : 'warning';
}

/** Escapes as GitHub's toolkit does: in a property also the characters that end it. */
function annotate(screen: Screen, level: Level, title: string, message: string): void {
  const property = escapeData(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  screen.write(`::${level} title=${property}::${escapeData(message)}\n`);
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
