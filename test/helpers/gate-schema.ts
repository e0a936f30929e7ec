/** Validates reports of the gate against the published schema. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';

const file = createRequire(import.meta.url).resolve('millrace/gate.schema.json');

export const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

const validate = new Ajv2020({ allErrors: true, strict: true }).compile(schema);

/** The errors in a report, such as '/scenarios/0/verdict must be string'. */
export function flawsOfReport(report: unknown): string[] {
  if (validate(report)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
