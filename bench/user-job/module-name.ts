/**
 * The user's job on the command line: `./jobs.js#render` is the export `render` of that file, without
 * a name its default export.
 *
 * Invariant: the file exists when this file has answered; whether it has such an export only loading
 * it can tell.
 */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../options/flags.js';

/** A function of a module. */
export interface JobName {
  /** As a person calls it: 'jobs.js#render'. */
  readonly label: string;
  /** The module's `file:` URL. */
  readonly module: string;
  readonly path: string;
  /** The export. */
  readonly name: string;
}

const MODULE_FILE = /\.(?:[cm]?js|m?ts)$/;

/** Whether a word of the command line means a job and not a scenario. */
export function looksLikeModule(word: string): boolean {
  return /^(?:\.{1,2}[\\/]|[\\/])/.test(word) || word.includes('#') || MODULE_FILE.test(word);
}

/** Whether a path is that of a file of code. */
export function isModuleFile(path: string): boolean {
  return MODULE_FILE.test(path);
}

/** Reads `path#exportName`. @throws UsageError where there is no such file */
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
    throw new UsageError(`The job's module '${file}' is not there: no file ${path}.`);
  }
  return { label: `${basename(path)}#${name}`, module: pathToFileURL(path).href, path, name };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
