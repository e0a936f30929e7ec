/**
 * Reads JSON files of a schema of our own, which an earlier run has written.
 *
 * Invariant: a file that is not of the family and version that is asked for, or does not pass the check of
 * its content, is a `UsageError` with path and reason.
 */
import { UsageError } from '../options/flags.js';
import { type Check, isObject, Place } from './checks.js';
import { readJson } from './read-json.js';

/** Which files are read. */
export interface StoredKind {
  /** 'millrace-bench/1'. */
  readonly schema: string;
  /** "a run of 'millrace bench'". */
  readonly description: string;
  /** What is in it. */
  readonly content: Check;
}

/** An object with that schema and content. @throws UsageError */
export function readStored(
  path: string,
  { schema: wanted, description, content }: StoredKind,
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
  content(file, Place.ofStored(path));
  return file;
}
