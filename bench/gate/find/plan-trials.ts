/**
 * From what is asked for to what can be measured: the arms of each scenario, and what decides.
 *
 * Invariants: names are unique, as reports and waivers go by them; a scenario is judged by metrics that it
 * has.
 */
import { UsageError } from '../../options/flags.js';
import type { GateConfig, ScenarioConfig } from '../model/config.js';
import type { Watching } from '../measure/conversation.js';
import { find, type Folders, type Found } from './finding.js';
import { judgedByDefault, type MetricName, metricsOf } from '../model/metrics.js';
import { type Arm, ROUND_TIMING } from '../measure/round.js';
import type { Target } from './target.js';
import { judgementOf, type Limits } from '../model/thresholds.js';
import type { TrialPlan } from '../judge/trial.js';
import { checkUnique } from '../config/unique-names.js';

export interface Plans {
  readonly trials: readonly TrialPlan[];
  /** What a person should know. */
  readonly notes: readonly string[];
}

/** Looks for all of them. @throws UsageError where head lacks something */
export async function planTrials(
  targets: readonly Target[],
  folders: Folders,
  config: Pick<GateConfig, 'thresholds'>,
  watching: Watching,
): Promise<Plans> {
  const notes: string[] = [];
  const found: Found[] = [];
  for (const target of targets) found.push(...(await find(target, folders, notes, watching)));
  checkUnique(
    'scenarios',
    found.map(({ name }) => name),
  );
  return { trials: found.map((each) => planOf(each, folders, config)), notes };
}

function planOf(
  { name, target, base, head }: Found,
  folders: Folders,
  config: Pick<GateConfig, 'thresholds'>,
): TrialPlan {
  const arms: Arm[] = [{ name: 'head', directory: folders.head, spec: head }];
  if (base !== undefined && folders.base !== undefined) {
    arms.push(
      { name: 'base', directory: folders.base, spec: base },
      { name: 'control', directory: folders.base, spec: base },
    );
  }
  const kind = head.kind === 'task' ? 'task' : head.load.kind;
  return {
    name,
    arms,
    timing: ROUND_TIMING,
    judged: judgedBy(kind, config, target.config),
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
  const byDefault = judgedByDefault(kind === 'closed' || kind === 'task');
  return new Map(
    measured.flatMap((metric) => {
      const { isJudged, minEffect, maxEffect } = judgementOf(
        metric,
        byDefault.includes(metric),
        config,
        scenario,
      );
      return isJudged ? [[metric, { minEffect, maxEffect }] as const] : [];
    }),
  );
}
