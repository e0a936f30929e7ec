/**
 * Finds the library of a side.
 *
 * Invariant: a library that is there and can't be used as it is, is an error and not taken for missing.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../options/flags.js';

/** The library as a folder's code would import it; undefined if it has none. @throws UsageError */
export function libraryOf(directory: string, side: string): string | undefined {
  try {
    const file = createRequire(join(directory, 'package.json')).resolve('millrace');
    return pathToFileURL(file).href;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'MODULE_NOT_FOUND' && message.startsWith("Cannot find module 'millrace'")) {
      return undefined;
    }
    throw new UsageError(`The package 'millrace' of ${side} can't be found as it is: ${message}`, {
      cause: error,
    });
  }
}
