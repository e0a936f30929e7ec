/**
 * Turns what is requested into trials: the arms of each scenario, and the metrics that decide.
 *
 * Invariants: names are unique, as reports and waivers use them; a scenario is judged by metrics that it measures.
 */
import { UsageError } from '../../options/flags.js';
import type { GateConfig, ScenarioConfig } from '../model/config.js';
import type { Watching } from '../measure/conversation.js';
import { DEFAULT_LOOKS, type Look, VITEST_LOOKS } from '../model/looks.js';
import { find } from './finding.js';
import type { Folders, Found } from './found.js';
import { judgedByDefault, type MetricName, metricsOf } from '../model/metrics.js';
import { type Arm, type MeasureRound, ROUND_TIMING } from '../measure/round.js';
import { VitestRounds } from '../measure/vitest-rounds.js';
import type { Target } from './target.js';
import {
  DEFAULT_THRESHOLDS,
  judgementOf,
  type Limits,
  VITEST_THRESHOLDS,
} from '../model/thresholds.js';
import type { TrialPlan } from '../judge/trial.js';
import { checkUnique } from '../config/unique-names.js';

export interface Plans {
  readonly trials: readonly TrialPlan[];
  /** Notes for the reader. */
  readonly notes: readonly string[];
}

/** Settings for all scenarios; undefined: the default of the scenario's kind. */
export interface Asked extends Pick<GateConfig, 'thresholds'> {
  readonly looks?: readonly Look[] | undefined;
  readonly limitSeconds?: number | undefined;
}

/** Finds all targets and plans their trials. @throws UsageError if head lacks something */
export async function planTrials(
  targets: readonly Target[],
  folders: Folders,
  asked: Asked,
  watching: Watching,
): Promise<Plans> {
  const notes: string[] = [];
  const found: Found[] = [];
  for (const target of targets) found.push(...(await find(target, folders, notes, watching)));
  checkUnique(
    'scenarios',
    found.map(({ name }) => name),
  );
  const vitest = new VitestRounds();
  return { trials: found.map((each) => planOf(each, folders, asked, vitest.measure)), notes };
}

/** Default time budget of a trial: enough for all rounds of a job. */
const LIMIT_SECONDS = 90;
/**
 * Default for Vitest benchmarks. A round starts Vitest three times: 6 s on a quiet machine, 10 s on a busy one, and
 * there may be 36 of them.
 */
const VITEST_LIMIT_SECONDS = 240;

function planOf(
  { name, target, base, head }: Found,
  folders: Folders,
  asked: Asked,
  measureVitest: MeasureRound,
): TrialPlan {
  const arms: Arm[] = [{ name: 'head', directory: folders.head, spec: head }];
  if (base !== undefined && folders.base !== undefined) {
    arms.push(
      { name: 'base', directory: folders.base, spec: base },
      { name: 'control', directory: folders.base, spec: base },
    );
  }
  const kind = head.kind === 'pool' ? head.load.kind : head.kind;
  return {
    name,
    arms,
    timing: ROUND_TIMING,
    looks: asked.looks ?? (kind === 'vitest' ? VITEST_LOOKS : DEFAULT_LOOKS),
    limitSeconds: asked.limitSeconds ?? (kind === 'vitest' ? VITEST_LIMIT_SECONDS : LIMIT_SECONDS),
    ...(kind === 'vitest' && { measure: measureVitest }),
    judged: judgedBy(kind, asked, target.config),
    mayDiffer: target.config.allowDifferentResults === true,
  };
}

function judgedBy(
  kind: Parameters<typeof metricsOf>[0],
  config: Pick<GateConfig, 'thresholds'>,
  scenario: ScenarioConfig,
): ReadonlyMap<MetricName, Limits> {
  const measured = metricsOf(kind);
  const lacking = Object.keys(scenario.thresholds ?? {}).find(
    (metric) => !measured.includes(metric as MetricName),
  );
  if (lacking !== undefined) {
    throw new UsageError(
      `'${scenario.name ?? scenario.run}' is judged by '${lacking}', which it doesn't measure; valid is ` +
        `one of ${measured.join(', ')}.`,
    );
  }
  // Vitest measures only the duration of calls: the median, which a busy machine affects least, stands in for the CPU
  // time. The throughput includes the slow calls.
  const byDefault: readonly MetricName[] =
    kind === 'vitest'
      ? ['throughput', 'p50']
      : judgedByDefault(kind === 'closed' || kind === 'task');
  return new Map(
    measured.flatMap((metric) => {
      const { isJudged, minEffect, maxEffect } = judgementOf(
        metric,
        byDefault.includes(metric),
        config,
        scenario,
        kind === 'vitest' ? VITEST_THRESHOLDS : DEFAULT_THRESHOLDS,
      );
      return isJudged ? [[metric, { minEffect, maxEffect }] as const] : [];
    }),
  );
}
