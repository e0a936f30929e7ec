/**
 * Reads a run that `--json` has written, to compare it with another.
 *
 * Invariant: a run that is returned has everything that a comparison needs, with finite numbers and no control
 * characters; for any other file a `UsageError` gives the path and the reason.
 */
import { type BenchFile, SCHEMA } from '../report/bench-file.js';
import { UNITS } from '../report/document.js';
import {
  anything,
  fields,
  fieldsOf,
  flag,
  list,
  number,
  oneOf,
  optional,
  string,
} from '../store/checks.js';
import { storedEnvironment } from '../store/stored-environment.js';
import { readStored } from '../store/stored-json.js';

const figure = fields({
  name: string,
  unit: oneOf(UNITS),
  better: optional(oneOf(['more', 'less'])),
  median: number(),
  min: number(),
  max: number(),
  rounds: optional(list(number())),
});

const result = fields({
  scenario: string,
  isInterrupted: flag,
  settings: fieldsOf(anything),
  failures: list(anything),
  figures: list(figure),
});

const run = fields({
  command: string,
  startedAt: string,
  environment: storedEnvironment,
  results: list(result),
});

/** @throws UsageError */
export function readRun(path: string): BenchFile {
  const file = readStored(path, {
    schema: SCHEMA,
    description: "a run of 'millrace bench'",
    content: run,
  });
  return file as unknown as BenchFile;
}
