import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { UNITS } from '../../../../bench/report/document.js';
import { UsageError } from '../../../../bench/options/flags.js';
import { readBudgets } from '../../../../bench/gate/config/budget-file.js';
import { checkBudgets, checkConfig } from '../../../../bench/gate/config/check-config.js';
import { Place } from '../../../../bench/store/checks.js';
import { METRIC_NAMES } from '../../../../bench/gate/model/metrics.js';
import { FILE_FORMS } from '../../../../bench/user-job/input-source.js';
import { BUDGETS, CONFIGS, type Sample } from './configurations.js';

const require = createRequire(import.meta.url);
const place = Place.ofWritten('x.json');

function readSchema(name: string): Record<string, any> {
  return JSON.parse(readFileSync(require.resolve(`millrace/${name}`), 'utf8'));
}

const configSchema = readSchema('config.schema.json');
const budgetSchema = readSchema('budget.schema.json');
const ajv = new Ajv2020({ schemas: [configSchema, budgetSchema] });

function validator(schema: Record<string, any>): ValidateFunction {
  return ajv.getSchema(schema['$id']) as ValidateFunction;
}

/** The value as it is written to a file: JSON has no undefined. */
function written(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const EMPTY: Sample = {
  what: 'no budget',
  value: { budgets: [] },
  error: 'budgets must be a list that is not empty, but is an empty list.',
};
const NONE: Sample = { what: 'no list', value: {}, error: "lacks 'budgets'." };

describe.each([
  { kind: 'a configuration', check: checkConfig, schema: configSchema, samples: CONFIGS },
  {
    kind: 'a budget file',
    check: checkBudgets,
    schema: budgetSchema,
    samples: [...BUDGETS, EMPTY, NONE],
  },
])('$kind', ({ check, schema, samples }) => {
  test.each(samples)('with $what', ({ value, error, isBeyondSchema = false }) => {
    const isValid = validator(schema);
    expect(isValid(written(value))).toBe(error === undefined || isBeyondSchema);
    if (error === undefined) {
      expect(() => check(value, place)).not.toThrow();
    } else {
      expect(() => check(value, place)).toThrow(UsageError);
      expect(() => check(value, place)).toThrow(error);
    }
  });
});

test('what is given back has neither the schema nor what is undefined', () => {
  const value = { $schema: 'x', base: undefined, scenarios: [{ run: 'a', name: undefined }] };
  expect(Object.keys(checkConfig(value, place))).toEqual(['scenarios']);
  expect(checkConfig(value, place)).toStrictEqual({ scenarios: [{ run: 'a' }] });
});

test('what a scenario runs is known by whom it is handed to', () => {
  const flawOfRun = (run: string): string | undefined =>
    run === 'known' ? undefined : 'there is no such scenario.';
  const scenarios = [{ run: 'known' }, { run: 'unknown' }];
  expect(() => checkConfig({ scenarios: [scenarios[0]] }, place, flawOfRun)).not.toThrow();
  expect(() => checkConfig({ scenarios }, place, flawOfRun)).toThrow(
    new UsageError("'x.json': scenarios[1].run is 'unknown': there is no such scenario."),
  );
});

test('values that no JSON has are refused', () => {
  for (const value of [NaN, Infinity, 1n, () => 1, new Map(), Symbol('x')]) {
    expect(() => checkConfig({ seconds: value }, place)).toThrow(
      /^'x.json': seconds must be a number from 5 to 3600, but is /,
    );
  }
});

test('the schemas have the names of the code', () => {
  const { thresholds, waiver, scenario } = configSchema['$defs'];
  expect(Object.keys(thresholds.properties)).toEqual(METRIC_NAMES);
  expect(waiver.properties.metric.enum).toEqual(METRIC_NAMES);
  expect(scenario.properties.inputAs.enum).toEqual(FILE_FORMS);
  expect(budgetSchema['$defs'].budget.properties.unit.enum).toEqual(UNITS);
});

test("the repository's own budgets keep to the schema", () => {
  const file = 'bench/budget.json';
  expect(validator(budgetSchema)(JSON.parse(readFileSync(file, 'utf8')))).toBe(true);
  expect(readBudgets(file).length).toBeGreaterThan(0);
});
