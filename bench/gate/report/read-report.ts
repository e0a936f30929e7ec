/**
 * Reads a gate's report that `--json` has written, to compare a later run with it.
 *
 * Invariant: what leaves this file has all fields of a report that are not optional, with finite numbers,
 * known words and no control characters; a file that hasn't is a `UsageError` with path and reason.
 */
import { UNITS } from '../../report/document.js';
import { UsageError } from '../../options/flags.js';
import {
  flawOfEnvironment,
  flawOfFlags,
  flawOfList,
  flawOfNumberList,
  flawOfNumbers,
  flawOfTextList,
  flawOfTexts,
  flawOfWord,
  isObject,
} from '../../store/flaws.js';
import { readStored } from '../../store/stored-json.js';
import { METRIC_NAMES } from '../model/metrics.js';
import {
  GATE_SCHEMA,
  type GateReport,
  type ScenarioReport,
  type Verdict,
} from '../model/report.js';

const OVERALL: ReadonlyArray<GateReport['verdict']> = ['pass', 'fail', 'inconclusive'];
const EXIT_CODES: ReadonlyArray<GateReport['exitCode']> = [0, 1, 2, 3];
const VERDICTS: readonly Verdict[] = [
  'pass',
  'fail',
  'inconclusive',
  'incomparable',
  'new',
  'waived',
];
const STAGES: ReadonlyArray<ScenarioReport['stage']> = ['screened', 'confirmed', 'single'];
const SPREAD = ['median', 'min', 'max'];

/** Something that was read, and where it stands in the file: 'scenarios[0]'. */
type Check = (value: Record<string, unknown>, at: string) => string | undefined;

/** A report as it was written. @throws UsageError */
export function readGateReport(path: string): GateReport {
  const file = readStored(path, {
    schema: GATE_SCHEMA,
    description: "a report of 'millrace gate'",
  });
  const flaw = flawOf(file);
  if (flaw !== undefined) throw new UsageError(`'${path}' is damaged: ${flaw}.`);
  return file as unknown as GateReport;
}

function flawOf(file: Record<string, unknown>): string | undefined {
  return (
    flawOfTexts(file, ['command', 'startedAt'], '') ??
    flawOfNumbers(file, ['seconds'], '') ??
    flawOfFlags(file, ['isStrict', 'isInterrupted'], '') ??
    flawOfWord(file, 'verdict', OVERALL, '') ??
    flawOfExitCode(file['exitCode']) ??
    flawOfEnvironment(file['environment']) ??
    flawOfPart(file, 'base', '', flawOfSide) ??
    flawOfPart(file, 'head', '', flawOfSide) ??
    flawOfTextList(file['notes'], 'notes') ??
    flawOfList(file['scenarios'], 'scenarios', flawOfScenario) ??
    flawOfList(file['budgets'], 'budgets', flawOfBudget)
  );
}

function flawOfExitCode(code: unknown): string | undefined {
  const isOne = EXIT_CODES.some((each) => each === code);
  return isOne ? undefined : `exitCode is none of ${EXIT_CODES.join(', ')}`;
}

function flawOfScenario(scenario: Record<string, unknown>, at: string): string | undefined {
  return (
    flawOfTexts(scenario, ['name', 'reason'], `${at}.`) ??
    flawOfNumbers(scenario, ['seconds'], `${at}.`) ??
    flawOfWord(scenario, 'verdict', VERDICTS, `${at}.`) ??
    flawOfWord(scenario, 'stage', STAGES, `${at}.`) ??
    flawOfPart(scenario, 'waiver', `${at}.`, flawOfWaiver) ??
    flawOfList(scenario['metrics'], `${at}.metrics`, flawOfMetric) ??
    flawOfList(scenario['controls'], `${at}.controls`, flawOfControl) ??
    flawOfList(scenario['rounds'], `${at}.rounds`, flawOfRound)
  );
}

function flawOfMetric(metric: Record<string, unknown>, at: string): string | undefined {
  const optional = ['base', 'p', 'detectable'].filter((key) => metric[key] !== undefined);
  return (
    flawOfWord(metric, 'metric', METRIC_NAMES, `${at}.`) ??
    flawOfWord(metric, 'verdict', VERDICTS, `${at}.`) ??
    flawOfFlags(metric, ['isJudged'], `${at}.`) ??
    flawOfNumbers(metric, ['head', 'minEffect', 'maxEffect', ...optional], `${at}.`) ??
    flawOfPart(metric, 'effect', `${at}.`, flawOfEffect) ??
    flawOfNumberList(metric['rounds'], `${at}.rounds`)
  );
}

function flawOfControl(control: Record<string, unknown>, at: string): string | undefined {
  if (!isObject(control['effect'])) return `${at}.effect is no object`;
  return (
    flawOfTexts(control, ['name'], `${at}.`) ??
    flawOfWord(control, 'metric', METRIC_NAMES, `${at}.`) ??
    flawOfNumbers(control, ['p'], `${at}.`) ??
    flawOfFlags(control, ['hasMoved'], `${at}.`) ??
    flawOfEffect(control['effect'], `${at}.effect`)
  );
}

function flawOfRound(round: Record<string, unknown>, at: string): string | undefined {
  if (!isObject(round['head'])) return `${at}.head is no object`;
  return (
    ['base', 'control', 'head']
      .map((side) => flawOfPart(round, side, `${at}.`, flawOfFigures))
      .find((flaw) => flaw !== undefined) ??
    flawOfPart(round, 'references', `${at}.`, flawOfReferences) ??
    flawOfTexts(round, round['checksum'] === undefined ? [] : ['checksum'], `${at}.`)
  );
}

function flawOfBudget(budget: Record<string, unknown>, at: string): string | undefined {
  const limits = ['atLeast', 'atMost'].filter((key) => budget[key] !== undefined);
  const hasUnit = budget['unit'] !== undefined || budget['value'] !== undefined;
  return (
    flawOfTexts(budget, ['name', 'reason'], `${at}.`) ??
    flawOfWord(budget, 'verdict', VERDICTS, `${at}.`) ??
    (hasUnit ? flawOfWord(budget, 'unit', UNITS, `${at}.`) : undefined) ??
    flawOfNumbers(budget, limits, `${at}.`) ??
    flawOfPart(budget, 'value', `${at}.`, flawOfSpread) ??
    flawOfPart(budget, 'waiver', `${at}.`, flawOfWaiver)
  );
}

const flawOfEffect: Check = (effect, at) =>
  flawOfNumbers(effect, ['estimate', 'low', 'high'], `${at}.`);
const flawOfSpread: Check = (spread, at) => flawOfNumbers(spread, SPREAD, `${at}.`);
const flawOfFigures: Check = (figures, at) =>
  flawOfNumbers(figures, Object.keys(figures), `${at}.`);
const flawOfReferences: Check = (references, at) =>
  flawOfNumbers(references, ['spin', 'memory', 'messages'], `${at}.`);
const flawOfWaiver: Check = (waiver, at) => flawOfTexts(waiver, ['reason', 'until'], `${at}.`);
const flawOfSide: Check = (side, at) =>
  flawOfTexts(side, side['commit'] === undefined ? ['ref'] : ['ref', 'commit'], `${at}.`);

/** Of an object that may be missing. */
function flawOfPart(
  whole: Record<string, unknown>,
  key: string,
  before: string,
  check: Check,
): string | undefined {
  const part = whole[key];
  if (part === undefined) return undefined;
  return isObject(part) ? check(part, `${before}${key}`) : `${before}${key} is no object`;
}
