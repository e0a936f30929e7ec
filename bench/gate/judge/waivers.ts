/**
 * Determines the waivers of a configuration that are in force on a day, and what they excuse.
 *
 * Invariants: an expired waiver excuses nothing; each waiver that excuses nothing, as it has expired or matches no
 * name, is reported in a note. A waiver of a name that several scenarios share, such as the tasks of a `Bench`, excuses
 * each of them.
 */
import { didYouMean } from '../../options/nearest.js';
import type { Waiver } from '../model/config.js';
import type { MetricName } from '../model/metrics.js';
import type { WaiverReport } from '../model/report.js';

/** What a waiver can excuse: a whole scenario, a metric of one, or a budget. */
export type Waivable =
  | { readonly scenario: string; readonly metric?: MetricName }
  | { readonly budget: string };

/** The waivers in force on a day. */
export interface WaiversInForce {
  readonly waivers: readonly Waiver[];
  /** Notes on the waivers that excuse nothing. */
  readonly notes: readonly string[];
}

/** The day of an instant, in UTC: '2026-12-31'. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** The names that exist, whether or not they are measured this time. */
export interface KnownNames {
  /** Names from the configuration or from reports: 'parse' as well as 'parse: json'. */
  readonly scenarios: readonly string[];
  readonly budgets: readonly string[];
}

/**
 * Selects the waivers in force.
 *
 * @param today - '2026-12-31'
 * @param known - Undefined: names are not checked.
 */
export function waiversInForce(
  waivers: readonly Waiver[],
  today: string,
  known?: KnownNames,
): WaiversInForce {
  const inForce: Waiver[] = [];
  const notes: string[] = [];
  for (const waiver of waivers) {
    // ISO dates sort as strings.
    if (waiver.until < today) {
      notes.push(`The waiver of ${nameOf(waiver)} expired on ${waiver.until}: ${waiver.reason}`);
      continue;
    }
    inForce.push(waiver);
    const flaw = known && flawOfName(waiver, known);
    if (flaw !== undefined) {
      notes.push(`The waiver of ${nameOf(waiver)} has no effect: ${flaw}`);
    }
  }
  return { waivers: inForce, notes };
}

/** Describes the error of a waiver that matches no name. The tasks of a file are only known if it is measured. */
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
 * The waiver that excuses a FAIL, the one with the latest date if there are several; undefined if there is none. A
 * waiver of one of its metrics does not excuse a whole scenario.
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

/** True if the name is that of the group or of one of its members: 'parse: json' belongs to 'parse'. */
function belongs(name: string, group: string): boolean {
  return name === group || name.startsWith(`${group}: `);
}

/** "scenario 'render', metric 'cpu'" */
function nameOf(waiver: Waiver): string {
  if (waiver.budget !== undefined) return `budget '${waiver.budget}'`;
  const metric = waiver.metric === undefined ? '' : `, metric '${waiver.metric}'`;
  return `scenario '${waiver.scenario}'${metric}`;
}
