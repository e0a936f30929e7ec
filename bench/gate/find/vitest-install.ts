/**
 * Finds the Vitest that a side has installed.
 *
 * Invariants: it is the one that the bench file itself would import; what is returned can be run and compared: both
 * sides have the same version, which is a supported one.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UsageError } from '../../options/flags.js';
import type { SideFile, SideFiles } from './found.js';

/** Path of the Vitest CLI, on each side that has the file. */
interface Programs {
  readonly base?: string;
  readonly head: string;
}

interface Installed {
  readonly program: string;
  readonly version: string;
}

const MAJORS = ['3', '4'];

/** @param run - The file as requested, for messages. @throws UsageError */
export function findVitest(run: string, { base, head }: SideFiles): Programs {
  const now = vitestOf(head, run);
  if (base === undefined) return { head: now.program };
  const then = vitestOf(base, run);
  if (then.version !== now.version) {
    throw new UsageError(
      `'${run}': base has Vitest ${then.version} and head has Vitest ${now.version}, whose results can't be ` +
        'compared. Update Vitest in a commit of its own, and compare commits with the same version.',
    );
  }
  return { base: then.program, head: now.program };
}

function vitestOf({ side, file }: SideFile, run: string): Installed {
  const found = installedFor(file);
  if (found === undefined) {
    throw new UsageError(
      `'${run}' is a Vitest bench file, but Vitest is not installed on ${side}. It has to be among the ` +
        "devDependencies of that commit and in its lockfile; or name what installs it: '--build COMMAND'.",
    );
  }
  if (MAJORS.includes(found.version.split('.')[0] as string)) return found;
  throw new UsageError(
    `'${run}': ${side} has Vitest ${found.version}; valid is version ${MAJORS.join(' or ')}.`,
  );
}

function installedFor(file: string): Installed | undefined {
  let path: string;
  try {
    path = createRequire(file).resolve('vitest/package.json');
  } catch {
    return undefined;
  }
  const { version, bin } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly version: string;
    readonly bin: { readonly vitest: string };
  };
  return { program: join(dirname(path), bin.vitest), version };
}
