/**
 * JSON files of an own schema, read back.
 *
 * Invariant: whatever keeps a file from being one of the family and version that is asked for is a
 * `UsageError` with path and reason. What it has within is not looked at here, but in `flaws.ts`.
 */
import { UsageError } from '../options/flags.js';
import { isObject } from './flaws.js';
import { readJson } from './read-json.js';

/** Which files are read. */
export interface StoredKind {
  /** 'millrace-bench/1'. */
  readonly schema: string;
  /** "a run of 'millrace bench'". */
  readonly description: string;
}

/** An object with that schema, of which nothing else is known yet. @throws UsageError */
export function readStored(
  path: string,
  { schema: wanted, description }: StoredKind,
): Record<string, unknown> {
  const file = readJson(path);
  const schema = isObject(file) ? file['schema'] : undefined;
  const family = wanted.slice(0, wanted.indexOf('/') + 1);
  if (!isObject(file) || typeof schema !== 'string' || !schema.startsWith(family)) {
    throw new UsageError(`'${path}' is not ${description} that --json has written.`);
  }
  if (schema !== wanted) {
    throw new UsageError(`'${path}' has the schema '${schema}'; this version reads '${wanted}'.`);
  }
  return file;
}
