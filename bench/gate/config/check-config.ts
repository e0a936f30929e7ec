/**
 * Checks whether the gate can carry out a configuration or a list of budgets.
 *
 * Invariant: what passes here conforms to the published schemas and, beyond them, has distinct names, limits and
 * thresholds that don't contradict each other, and dates that exist.
 */
import { UNITS } from '../../report/document.js';
import {
  type Check,
  flag,
  isObject,
  list,
  number,
  object,
  oneOf,
  type Place,
  text,
} from '../../store/checks.js';
import { FILE_FORMS } from '../../user-job/input-source.js';
import type { Budget, GateConfig, ScenarioConfig } from '../model/config.js';
import { METRIC_NAMES } from '../model/metrics.js';

/** Describes the error in a scenario's `run`, to follow "is '…': "; undefined if there is none. */
export type FlawOfRun = (run: string) => string | undefined;

/**
 * Checks a configuration and returns it without undefined fields.
 *
 * @param place - The file that it comes from.
 * @throws UsageError
 */
export function checkConfig(value: unknown, place: Place, flawOfRun?: FlawOfRun): GateConfig {
  object({
    $schema: text,
    base: text,
    build: list(text),
    scenarios: distinct(
      list(scenarioCheck(flawOfRun)),
      ({ name, run }: ScenarioConfig) => name ?? run,
    ),
    thresholds,
    looks,
    seconds: number({ min: 5, max: 3600 }),
    budgets: distinct(list(budget), ({ name }: Budget) => name),
    waivers: list(waiver),
  })(value, place);
  const { $schema: _, ...config } = plain(value) as GateConfig & { readonly $schema?: string };
  return config;
}

/** Checks a budget file and returns its budgets. @throws UsageError */
export function checkBudgets(value: unknown, place: Place): readonly Budget[] {
  object(
    { $schema: text, budgets: distinct(list(budget, { least: 1 }), ({ name }: Budget) => name) },
    { required: ['budgets'] },
  )(value, place);
  return (plain(value) as { readonly budgets: readonly Budget[] }).budgets;
}

/** `looksAfter` checks that they rise. */
const looks: Check = (value, place) => {
  list(number({ min: 7, max: 1000, isWhole: true }))(value, place);
  const { length } = value as readonly number[];
  if (length !== 3) place.fail(`must be a list of three numbers, but has ${length}.`);
};

const share = number({ min: 0, max: 1, note: 'a share: 0.05 is 5 %' });

const threshold: Check = (value, place) => {
  if (value === false) return;
  if (!isObject(value)) return place.reject(value, 'an object or false');
  object({ minEffect: share, maxEffect: share })(value, place);
  const { minEffect, maxEffect } = value as { minEffect?: number; maxEffect?: number };
  if (minEffect === undefined || maxEffect === undefined || minEffect <= maxEffect) return;
  place.key('maxEffect').reject(maxEffect, `at least minEffect (${minEffect})`);
};

const thresholds = object(Object.fromEntries(METRIC_NAMES.map((name) => [name, threshold])));

function scenarioCheck(flawOfRun: FlawOfRun | undefined): Check {
  const run: Check = (value, place) => {
    text(value, place);
    const flaw = flawOfRun?.(value as string);
    if (flaw !== undefined) place.fail(`is '${String(value)}': ${flaw}`);
  };
  const shape = object(
    {
      name: text,
      run,
      input: text,
      inputAs: oneOf(FILE_FORMS),
      threads: number({ min: 1, max: 256, isWhole: true }),
      inFlight: number({ min: 1, max: 1_000_000, isWhole: true }),
      perSecond: number({ min: 0.001, max: 1_000_000 }),
      thresholds,
      allowDifferentResults: flag,
    },
    { required: ['run'] },
  );
  return (value, place) => {
    shape(value, place);
    const { input, inputAs } = value as Record<string, unknown>;
    if (inputAs !== undefined && input === undefined) place.fail("has 'inputAs' without 'input'.");
  };
}

const words: Check = (value, place) => {
  if (Array.isArray(value)) return list(text, { least: 1 })(value, place);
  if (typeof value !== 'string') place.reject(value, 'a line or a list of words');
  text(value, place);
};

const limit = number();

const budgetShape = object(
  {
    name: text,
    run: words,
    figure: text,
    over: text,
    atLeast: limit,
    atMost: limit,
    unit: oneOf(UNITS),
  },
  { required: ['name', 'run', 'figure'] },
);

const budget: Check = (value, place) => {
  budgetShape(value, place);
  const { atLeast, atMost, over, unit } = value as Budget;
  if (atLeast === undefined && atMost === undefined) {
    place.fail("has no limit; valid is 'atLeast', 'atMost' or both.");
  }
  if (atLeast !== undefined && atMost !== undefined && atLeast > atMost) {
    place.fail(`has atLeast ${atLeast} and atMost ${atMost}, which no value can meet.`);
  }
  if (over !== undefined && unit !== undefined && unit !== 'ratio') {
    place.key('unit').reject(unit, "'ratio' with 'over'");
  }
};

const day: Check = (value, place) => {
  const isDay = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && isReal(value);
  if (!isDay) place.reject(value, "a date such as '2026-12-31'");
};

const excuse = { until: day, reason: text };
const scenarioWaiver = object(
  { scenario: text, metric: oneOf(METRIC_NAMES), ...excuse },
  { required: ['scenario', 'until', 'reason'] },
);
const budgetWaiver = object(
  { budget: text, ...excuse },
  { required: ['budget', 'until', 'reason'] },
);

const waiver: Check = (value, place) => {
  if (!isObject(value)) return place.reject(value, 'an object');
  const { scenario, budget: budgetName } = value;
  if ((scenario === undefined) === (budgetName === undefined)) {
    place.fail("must name either a 'scenario' or a 'budget'.");
  }
  (scenario === undefined ? budgetWaiver : scenarioWaiver)(value, place);
};

/** Rejects items with the same name. */
function distinct<Item>(check: Check, nameOf: (item: Item) => string): Check {
  return (value, place) => {
    check(value, place);
    const names = (value as readonly Item[]).map(nameOf);
    for (const [index, name] of names.entries()) {
      const first = names.indexOf(name);
      if (first === index) continue;
      place
        .item(index)
        .fail(`has the same name '${name}' as item ${first}; valid is a unique name.`);
    }
  };
}

/** True if the date exists, unlike 2026-02-30. */
function isReal(date: string): boolean {
  const time = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(date);
}

/** A copy without the keys whose value is undefined; everything else that passes the checks is JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
