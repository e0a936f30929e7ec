/**
 * Writes the files of a result.
 *
 * Invariants: a file that can't be written is reported before the run, not after it; the check changes no existing
 * file and leaves no new one.
 */
import { closeSync, openSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../options/flags.js';

/** Tries to open a file for writing. @throws UsageError with the reason if that fails */
export function checkWritable(option: string, path: string): void {
  try {
    const isNew = statSync(path, { throwIfNoEntry: false }) === undefined;
    closeSync(openSync(path, 'a'));
    if (isNew) unlinkSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'its folder does not exist',
      EACCES: 'permission denied',
      EISDIR: 'it is a folder',
      ENOTDIR: 'its folder is a file',
      EROFS: 'the file system is read-only',
    };
    const reason = reasons[code ?? ''] ?? message;
    throw new UsageError(`Option '--${option}': '${path}' can't be written: ${reason}.`);
  }
}

/** @throws UsageError if two options name the same file: the second would overwrite the first. */
export function checkDistinct(targets: Readonly<Record<string, string | undefined>>): void {
  const options = new Map<string, string>();
  for (const [option, path] of Object.entries(targets)) {
    if (path === undefined) continue;
    const first = options.get(resolve(path));
    if (first !== undefined) {
      throw new UsageError(
        `Options '--${first}' and '--${option}' both name '${path}'; valid is a file for each.`,
      );
    }
    options.set(resolve(path), option);
  }
}

/** Writes a value as indented JSON. */
export function writeJson(path: string, value: unknown): void {
  writeText(path, `${JSON.stringify(value, undefined, 2)}\n`);
}

export function writeText(path: string, text: string): void {
  writeFileSync(path, text);
}
