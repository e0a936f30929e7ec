/**
 * Determines from the command line where the inputs of a job come from: files, a module, or nowhere.
 *
 * Invariants: the result is plain data, so that every measuring process can load the same inputs; the files and
 * modules that it names exist. Their content is checked when they are loaded (`inputs.ts`).
 */
import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { globSync, isDynamicPattern } from 'tinyglobby';
import { UsageError } from '../options/flags.js';
import { didYouMean } from '../options/nearest.js';
import { isModuleFile } from './module-name.js';

/** The form in which a job gets a file: its content as text, bytes or parsed JSON, or its absolute path. */
export const FILE_FORMS = ['text', 'bytes', 'path', 'json'] as const;
export type FileForm = (typeof FILE_FORMS)[number];

/** A file and the form of its inputs. */
export interface InputFile {
  readonly path: string;
  /** The file's name for people. */
  readonly name: string;
  /** 'lines' yields one input per line, parsed as JSON. */
  readonly form: FileForm | 'lines';
}

export type InputSource =
  | { readonly kind: 'none' }
  | { readonly kind: 'files'; readonly files: readonly InputFile[] }
  | { readonly kind: 'module'; readonly module: string; readonly name: string };

const LINES_FILE = /\.(?:ndjson|jsonl)$/;

/** Reads `--input` and `--input-as`. @throws UsageError */
export function readInputSource(
  given: string | undefined,
  givenForm: string | undefined,
  workingDirectory: string,
): InputSource {
  const form = readForm(givenForm);
  if (given === undefined) {
    if (form === undefined) return { kind: 'none' };
    throw new UsageError("Option '--input-as' needs '--input', which is missing.");
  }
  const path = resolve(workingDirectory, given);
  const found = statSync(path, { throwIfNoEntry: false });
  if (isModuleFile(given) && form === undefined && !isDynamicPattern(given)) {
    if (found?.isFile() === true) {
      return { kind: 'module', module: pathToFileURL(path).href, name: given };
    }
    throw new UsageError(`Option '--input' is '${given}'; there is no such module: ${path}.`);
  }
  if (found?.isDirectory() === true) {
    const inside = `${given.replace(/[\\/]$/, '')}/**/*`;
    throw new UsageError(
      `Option '--input' is '${given}', which is a folder; valid is a pattern of files such as '${inside}'.`,
    );
  }
  // A file whose name looks like a pattern takes precedence.
  const paths =
    found?.isFile() === true
      ? [path]
      : globSync(given, { cwd: workingDirectory, absolute: true, expandDirectories: false });
  if (paths.length === 0) {
    throw new UsageError(
      `Option '--input' is '${given}', which matches no file in ${workingDirectory}; ` +
        "valid is a pattern of files such as 'docs/**/*.md', or a module that exports the inputs.",
    );
  }
  const files = paths.toSorted().map((each): InputFile => ({
    path: each,
    name: nameOf(each, workingDirectory),
    form: formOf(each, form),
  }));
  return { kind: 'files', files };
}

/** Relative to the working directory, for files inside it. */
function nameOf(path: string, workingDirectory: string): string {
  const name = relative(workingDirectory, path);
  return name.startsWith('..') ? path : name;
}

function formOf(path: string, form: FileForm | undefined): InputFile['form'] {
  const hasLines = LINES_FILE.test(path) && (form === undefined || form === 'json');
  return hasLines ? 'lines' : (form ?? 'text');
}

/** Reads the value of `--input-as`. @throws UsageError */
export function readForm(given: string | undefined): FileForm | undefined {
  if (given === undefined) return undefined;
  const form = FILE_FORMS.find((each) => each === given);
  if (form !== undefined) return form;
  throw new UsageError(
    `Option '--input-as' is '${given}'; valid is one of ${FILE_FORMS.join(', ')}.` +
      didYouMean(given, FILE_FORMS),
  );
}
