/**
 * Finds the library of a side.
 *
 * Invariant: a library that is installed but can't be used as it is counts as an error, not as missing.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../options/flags.js';
import { folderAround } from '../../process/installation.js';

/** The library as a folder's ES modules would import it; undefined if it has none. @throws UsageError */
export function libraryOf(directory: string, side: string): string | undefined {
  try {
    const file = createRequire(join(directory, 'package.json')).resolve('millrace');
    return pathToFileURL(importedInstead(file)).href;
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

interface Manifest {
  readonly exports?: { readonly '.'?: { readonly import?: { readonly default?: string } } };
}

/** The file that `import` resolves to if `require` resolves to this one: the package has one for each. */
function importedInstead(file: string): string {
  const folder = folderAround(pathToFileURL(file).href);
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const imported = manifest.exports?.['.']?.import?.default;
  return imported === undefined ? file : join(folder, imported);
}
