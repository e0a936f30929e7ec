/**
 * Reads a JSON file that the user has named.
 *
 * Invariant: if a file can't be read or is not JSON, a `UsageError` gives its path and the reason.
 */
import { readFileSync } from 'node:fs';
import { UsageError } from '../options/flags.js';

/** @throws UsageError */
export function readJson(path: string): unknown {
  const text = readText(path);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trim() === '') throw new UsageError(`'${path}' is not JSON: it is empty.`);
    const [reason] = (error as Error).message.split('\n');
    throw new UsageError(`'${path}' is not JSON: ${reason}.`);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EACCES: 'permission denied',
      EISDIR: 'it is a folder',
      ENOTDIR: 'its folder is a file',
    };
    throw new UsageError(`'${path}' can't be read: ${reasons[code ?? ''] ?? message}.`);
  }
}
