/** Validates runs against the published schema. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';

const require = createRequire(import.meta.url);
const file = require.resolve('millrace/bench.schema.json');

export const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

const validate = new Ajv2020({ allErrors: true }).compile(schema);

/** The errors in a run, such as '/results/0/figures must be array'. */
export function validateRun(run: unknown): string[] {
  if (validate(run)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
