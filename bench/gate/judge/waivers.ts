/**
 * What may fail for a while: the waivers of a configuration on a day.
 *
 * Invariants: one that has expired excuses nothing; each that can excuse nothing, as it has expired or names
 * what there is not, is told in a note. One of several scenarios, such as the tasks of a Bench, is excused by
 * a waiver of what they are called together.
 */
import { didYouMean } from '../../options/nearest.js';
import type { Waiver } from '../model/config.js';
import type { MetricName } from '../model/metrics.js';
import type { WaiverReport } from '../model/report.js';

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

/** The names that there are, whether or not they are measured this time. */
export interface KnownNames {
  /** Those of the configuration or of reports: 'parse' as well as 'parse: json'. */
  readonly scenarios: readonly string[];
  readonly budgets: readonly string[];
}

/**
 * Sorts out the waivers that hold.
 *
 * @param today - '2026-12-31'
 * @param known - Where it is undefined nothing is said of names.
 */
export function waiversInForce(
  waivers: readonly Waiver[],
  today: string,
  known?: KnownNames,
): WaiversInForce {
  const inForce: Waiver[] = [];
  const notes: string[] = [];
  for (const waiver of waivers) {
    // ISO dates are in the order of their texts.
    if (waiver.until < today) {
      notes.push(`The waiver of ${nameOf(waiver)} expired on ${waiver.until}: ${waiver.reason}`);
      continue;
    }
    inForce.push(waiver);
    const flaw = known && flawOfName(waiver, known);
    if (flaw !== undefined) {
      notes.push(`The waiver of ${nameOf(waiver)} excuses nothing: ${flaw}`);
    }
  }
  return { waivers: inForce, notes };
}

/** That it names nothing there is; the tasks of a file are only known where it is measured. */
function flawOfName(waiver: Waiver, { scenarios, budgets }: KnownNames): string | undefined {
  if (waiver.budget !== undefined) {
    if (budgets.includes(waiver.budget)) return undefined;
    return `there is no such budget.${didYouMean(waiver.budget, budgets)}`;
  }
  const wanted = waiver.scenario;
  if (scenarios.some((name) => belongs(name, wanted) || belongs(wanted, name))) return undefined;
  return `there is no such scenario.${didYouMean(wanted, scenarios)}`;
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
  if (waiver.scenario === undefined || !belongs(what.scenario, waiver.scenario)) return false;
  return waiver.metric === undefined || waiver.metric === what.metric;
}

/** Whether it is called so, or is one of several that are: 'parse: json' belongs to 'parse'. */
function belongs(name: string, group: string): boolean {
  return name === group || name.startsWith(`${group}: `);
}

/** "scenario 'render', metric 'cpu'" */
function nameOf(waiver: Waiver): string {
  if (waiver.budget !== undefined) return `budget '${waiver.budget}'`;
  const metric = waiver.metric === undefined ? '' : `, metric '${waiver.metric}'`;
  return `scenario '${waiver.scenario}'${metric}`;
}
