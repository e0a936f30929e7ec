/**
 * Reads a gate's report that `--json` has written, to compare a later run with it.
 *
 * Invariant: a returned report has all fields that are not optional, with finite numbers, known words and no control
 * characters; anything else is a `UsageError` with path and reason.
 */
import { UNITS } from '../../report/document.js';
import {
  type Check,
  fields,
  fieldsOf,
  flag,
  list,
  number,
  oneOf,
  optional,
  string,
} from '../../store/checks.js';
import { storedEnvironment } from '../../store/stored-environment.js';
import { readStored } from '../../store/stored-json.js';
import { METRIC_NAMES } from '../model/metrics.js';
import {
  type Cause,
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
const CAUSES: readonly Cause[] = ['results', 'control', 'time', 'broken', 'interrupted'];
const STAGES: ReadonlyArray<ScenarioReport['stage']> = ['screened', 'confirmed', 'single'];

const verdict = oneOf(VERDICTS);
const unit = oneOf(UNITS);
const side = fields({ ref: string, commit: optional(string) });
const effect = fields({
  estimate: number(),
  low: number(),
  high: number(),
  level: optional(number()),
});
const spread = fields({ median: number(), min: number(), max: number() });
const waiver = fields({ reason: string, until: string });
const figures = fieldsOf(number());

const metric = fields({
  metric: oneOf(METRIC_NAMES),
  verdict,
  isJudged: flag,
  head: number(),
  base: optional(number()),
  minEffect: number(),
  maxEffect: number(),
  p: optional(number()),
  detectable: optional(number()),
  effect: optional(effect),
  rounds: list(number()),
});

const control = fields({
  name: string,
  metric: oneOf(METRIC_NAMES),
  effect,
  p: number(),
  hasMoved: flag,
});

const round = fields({
  base: optional(figures),
  control: optional(figures),
  head: figures,
  references: optional(fields({ spin: number(), memory: number(), messages: number() })),
  checksum: optional(string),
});

const scenario = fields({
  name: string,
  reason: string,
  cause: optional(oneOf(CAUSES)),
  seconds: number(),
  verdict,
  stage: oneOf(STAGES),
  waiver: optional(waiver),
  metrics: list(metric),
  controls: list(control),
  rounds: list(round),
});

const budgetFields = fields({
  name: string,
  reason: string,
  verdict,
  unit: optional(unit),
  atLeast: optional(number()),
  atMost: optional(number()),
  value: optional(spread),
  waiver: optional(waiver),
});

/** A value requires its unit. */
const budget: Check = (found, place) => {
  budgetFields(found, place);
  const { value, unit: unitOfValue } = found as Readonly<Record<string, unknown>>;
  if (value !== undefined) unit(unitOfValue, place.key('unit'));
};

const report = fields({
  command: string,
  startedAt: string,
  seconds: number(),
  isStrict: flag,
  isInterrupted: flag,
  verdict: oneOf(OVERALL),
  exitCode: oneOf(EXIT_CODES),
  environment: storedEnvironment,
  base: optional(side),
  head: optional(side),
  notes: list(string),
  scenarios: list(scenario),
  budgets: list(budget),
});

/** Reads a report. @throws UsageError */
export function readGateReport(path: string): GateReport {
  const file = readStored(path, {
    schema: GATE_SCHEMA,
    description: "a report of 'millrace gate'",
    content: report,
  });
  return file as unknown as GateReport;
}
