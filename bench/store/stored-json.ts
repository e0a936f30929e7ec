/**
 * Reads JSON files in one of our own schemas, which an earlier run has written.
 *
 * Invariant: if a file is not of the requested family and version, or its content does not pass the check, a
 * `UsageError` gives the path and the reason.
 */
import { UsageError } from '../options/flags.js';
import { type Check, isObject, Place } from './checks.js';
import { readJson } from './read-json.js';

/** The kind of file to read. */
export interface StoredKind {
  /** Family and version, such as 'millrace-bench/1'. */
  readonly schema: string;
  /** Names the kind in messages: "a run of 'millrace bench'". */
  readonly description: string;
  /** Checks the content. */
  readonly content: Check;
}

/** Returns an object of that schema, with checked content. @throws UsageError */
export function readStored(
  path: string,
  { schema: wanted, description, content }: StoredKind,
): Record<string, unknown> {
  const file = readJson(path);
  const schema = isObject(file) ? file['schema'] : undefined;
  const family = wanted.slice(0, wanted.indexOf('/') + 1);
  if (!isObject(file) || typeof schema !== 'string' || !schema.startsWith(family)) {
    throw new UsageError(`'${path}' is not ${description} written by --json.`);
  }
  if (schema !== wanted) {
    throw new UsageError(`'${path}' has the schema '${schema}'; this version reads '${wanted}'.`);
  }
  content(file, Place.ofStored(path));
  return file;
}
