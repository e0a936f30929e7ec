/**
 * Parses the name of a user's job on the command line: `./jobs.js#render` is the export `render` of that file;
 * without a name, it is the default export.
 *
 * Invariant: the file exists; whether it has the export is known only when it is loaded.
 */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../options/flags.js';

/** A job function, named by its module and export. */
export interface JobName {
  /** Name for people: 'jobs.js#render'. */
  readonly label: string;
  /** The module's `file:` URL. */
  readonly module: string;
  readonly path: string;
  /** Name of the export. */
  readonly name: string;
}

const MODULE_FILE = /\.(?:[cm]?js|m?ts)$/;

/** Whether a word of the command line names a job, not a scenario. */
export function looksLikeModule(word: string): boolean {
  return /^(?:\.{1,2}[\\/]|[\\/])/.test(word) || word.includes('#') || MODULE_FILE.test(word);
}

/** Whether a path has the extension of a code file. */
export function isModuleFile(path: string): boolean {
  return MODULE_FILE.test(path);
}

/** Reads `path#exportName`. @throws UsageError if there is no such file */
export function readJobName(given: string, workingDirectory: string): JobName {
  const at = given.lastIndexOf('#');
  const isWhole = at < 0 || isFile(resolve(workingDirectory, given));
  const file = isWhole ? given : given.slice(0, at);
  const name = isWhole ? 'default' : given.slice(at + 1);
  if (file === '' || name === '') {
    throw new UsageError(
      `The job is '${given}'; valid is a module and one of its exports, such as './jobs.js#render'.`,
    );
  }
  const path = resolve(workingDirectory, file);
  if (!isFile(path)) {
    throw new UsageError(`The job's module '${file}' does not exist: no file ${path}.`);
  }
  return { label: `${basename(path)}#${name}`, module: pathToFileURL(path).href, path, name };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
