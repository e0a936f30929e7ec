/**
 * Finds the two files that every thread loads: the host, beside this library or where a program that has bundled it
 * says; and the job module, by its name or as the TypeScript that it is made from.
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

/**
 * The job module at a `file:` URL. TypeScript names a module by what it becomes, so `./jobs.js` is `jobs.ts` where
 * nothing has built it yet (and `.mjs` is `.mts`, `.cjs` is `.cts`). What is nowhere is left to the threads, which say
 * so.
 */
export function moduleUrl(url: string): string {
  const source = url.replace(/\.([cm]?)js(?=$|[?#])/, '.$1ts');
  const isOnlySource = isMissing(fileURLToPath(url)) && !isMissing(fileURLToPath(source));
  return isOnlySource ? source : url;
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
