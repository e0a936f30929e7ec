/**
 * What may fail for a while: the waivers of a configuration on a day.
 *
 * Invariants: one that has expired excuses nothing; each that excuses nothing, as it has expired or names
 * what there is not, is told in a note.
 */
import { didYouMean } from '../nearest.js';
import type { Waiver } from './config.js';
import type { MetricName } from './metrics.js';
import type { WaiverReport } from './report.js';

/** What a waiver can excuse: a whole scenario, a metric of one, or a budget. */
export type Waivable =
  | { readonly scenario: string; readonly metric?: MetricName }
  | { readonly budget: string };

/** The waivers of a day. */
export interface WaiversInForce {
  readonly waivers: readonly Waiver[];
  /** What a person should know of the others. */
  readonly notes: readonly string[];
}

/** The day on which an instant lies, in UTC: '2026-12-31'. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** Sorts out the waivers that hold. @param today - '2026-12-31' */
export function waiversInForce(
  waivers: readonly Waiver[],
  {
    today,
    scenarios,
    budgets,
  }: {
    readonly today: string;
    /** The names that there are. */
    readonly scenarios: readonly string[];
    readonly budgets: readonly string[];
  },
): WaiversInForce {
  const inForce: Waiver[] = [];
  const notes: string[] = [];
  for (const waiver of waivers) {
    const [kind, name, names] =
      waiver.budget === undefined
        ? (['scenario', waiver.scenario, scenarios] as const)
        : (['budget', waiver.budget, budgets] as const);
    // ISO dates are in the order of their texts.
    if (waiver.until < today) {
      notes.push(`The waiver of ${nameOf(waiver)} expired on ${waiver.until}: ${waiver.reason}`);
    } else if (names.includes(name)) {
      inForce.push(waiver);
    } else {
      const hint = didYouMean(name, names);
      notes.push(
        `The waiver of ${nameOf(waiver)} excuses nothing: there is no such ${kind}.${hint}`,
      );
    }
  }
  return { waivers: inForce, notes };
}

/**
 * What excuses a fail: of several the one that holds longest; undefined where none does. A whole scenario
 * is not excused by a waiver of one of its metrics.
 */
export function excuseOf(
  what: Waivable,
  { waivers }: Pick<WaiversInForce, 'waivers'>,
): WaiverReport | undefined {
  const longest = waivers
    .filter((waiver) => covers(waiver, what))
    .toSorted((a, b) => (a.until < b.until ? 1 : -1))[0];
  return longest && { reason: longest.reason, until: longest.until };
}

function covers(waiver: Waiver, what: Waivable): boolean {
  if ('budget' in what) return waiver.budget === what.budget;
  if (waiver.scenario !== what.scenario) return false;
  return waiver.metric === undefined || waiver.metric === what.metric;
}

/** "scenario 'render', metric 'cpu'" */
function nameOf(waiver: Waiver): string {
  if (waiver.budget !== undefined) return `budget '${waiver.budget}'`;
  const metric = waiver.metric === undefined ? '' : `, metric '${waiver.metric}'`;
  return `scenario '${waiver.scenario}'${metric}`;
}
