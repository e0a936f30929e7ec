/**
 * Formats why a gate did not pass, and the next step.
 *
 * Invariant: a step is only named for a verdict that it helps with; a gate that passes has none.
 */
import { formatList } from '../../report/format.js';
import type { GateReport, ScenarioReport } from '../model/report.js';
import { isOpen } from './headline.js';

/** Max number of reasons at the top; the others are with their scenarios. */
const MAX_REASONS = 5;
const MAX_NAMES = 3;

/**
 * The reasons why the gate did not pass, a sentence each; none for a single scenario, whose reason stands right below.
 */
export function formatReasons({ scenarios, verdict }: GateReport): string[] {
  if (scenarios.length < 2 || verdict === 'pass') return [];
  const loud = scenarios.filter((scenario) => isLoud(scenario));
  const more = loud.length - MAX_REASONS;
  return [
    ...loud.slice(0, MAX_REASONS).map(({ name, reason }) => `${name}: ${reason}`),
    ...(more > 0 ? [`${more} more; each has its reason below.`] : []),
  ];
}

/** 'Next: …'; undefined if there is nothing to do. */
export function formatNext(report: GateReport): string | undefined {
  const { scenarios, verdict, exitCode, isInterrupted } = report;
  if (verdict === 'pass' || exitCode === 1) return undefined;
  const failing = scenarios.filter((scenario) => scenario.verdict === 'fail');
  if (failing.length > 0) return formatRemedy(failing);
  if (isInterrupted) return 'Next: run it again without interrupting it.';
  return formatDecision(
    scenarios.filter((scenario) => isOpen(scenario.verdict)),
    report,
  );
}

function formatRemedy(failing: readonly ScenarioReport[]): string {
  const slower = failing.filter(({ cause }) => cause !== 'results');
  if (slower.length === 0) {
    return `Next: make ${namesOf(failing)} return the same results as base, or pass --allow-different-results.`;
  }
  return (
    `Next: profile ${namesOf(slower)} on both commits. For a second opinion repeat the command below without ` +
    '--seed; to accept the cost until a date, add a waiver to the configuration.'
  );
}

/** The step that helps to decide what was not decided. */
function formatDecision(
  open: readonly ScenarioReport[],
  { base, head }: GateReport,
): string | undefined {
  const has = (cause: ScenarioReport['cause']): boolean =>
    open.some((scenario) => scenario.cause === cause);
  if (open.some(({ verdict }) => verdict === 'incomparable')) {
    return 'Next: store a new baseline on this machine with --json, or compare with a commit: --base <git ref>.';
  }
  if (has('control')) {
    return (
      'Next: run it again when the machine is quieter. A control that moves each time means that the setup favors ' +
      'one side.'
    );
  }
  if (has('time')) return 'Next: increase --seconds to the value that the reason names.';
  if (open.length === 0) return undefined;
  // Only a folder that is compared with a stored run has no commit: no more rounds can be measured beside that run.
  if (base !== undefined && head?.commit === undefined) {
    return 'Next: a quieter machine decides more; a commit as base decides far more: --base <git ref>.';
  }
  return (
    'Next: more rounds decide smaller changes, such as --looks 20,40,60 --seconds 480; so does a quieter ' +
    'machine.'
  );
}

function isLoud({ verdict }: ScenarioReport): boolean {
  return verdict === 'fail' || isOpen(verdict);
}

function namesOf(scenarios: readonly ScenarioReport[]): string {
  const names = scenarios.slice(0, MAX_NAMES).map(({ name }) => name);
  const more = scenarios.length - names.length;
  return formatList(more > 0 ? [...names, `${more} more`] : names);
}
