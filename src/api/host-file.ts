/**
 * Where the file is with which every thread begins: beside this library, or where a program that has
 * bundled the library says.
 *
 * Invariant: a host that is not there is an error of `new Pool`, which names it. Left to the threads,
 * it would look like an error of the job module.
 */
import { statSync } from 'node:fs';
import { fileURLToPath, type URL } from 'node:url';
import { InvalidOptionError } from './errors.js';

const IN_A_BUNDLE =
  "where millrace is part of a bundle, it can't find its own files. Keep millrace external, or emit " +
  "'millrace/host' as a file of its own and pass its URL as host (docs/runtime.md, Bundlers).";

/** Finds the host beside the library; throws where the library doesn't know its own place. */
export type FindHost = () => URL;

/** The host beside this library. @throws InvalidOptionError */
export function defaultHostPath(find: FindHost): string {
  let path: string;
  try {
    path = fileURLToPath(find());
  } catch (error) {
    throw new InvalidOptionError('host', `Option 'host' is missing: ${IN_A_BUNDLE}`, error);
  }
  if (!isMissing(path)) return path;
  throw new InvalidOptionError(
    'host',
    `Option 'host' is missing, and its default, ${path}, does not exist: ${IN_A_BUNDLE}`,
  );
}

/** The host at a `file:` URL. @throws InvalidOptionError */
export function givenHostPath(url: string): string {
  const path = fileURLToPath(url);
  if (!isMissing(path)) return path;
  throw new InvalidOptionError(
    'host',
    `Option 'host' is ${path}, which does not exist; valid is the file of 'millrace/host', as a bundler ` +
      "emits it or as import.meta.resolve('millrace/host') finds it.",
  );
}

/** Whether there is certainly no such file; one that may not be looked at may exist. */
function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    // A part of the path is a file, not a folder.
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}
