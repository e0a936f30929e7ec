/**
 * Finds on both sides what is requested: the library itself, Vitest benchmarks, tasks of a tinybench `Bench`, a job.
 *
 * Invariants: what head lacks is an error; what only base lacks is new; what only base has is noted, as is a file of
 * another kind on base.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../options/flags.js';
import type { Watching } from '../measure/conversation.js';
import { BUILT_INS, type BuiltIn } from './built-in.js';
import { chooseBenchmark, findBenchmarks, type FoundBenchmark } from './find-benchmarks.js';
import { findExports } from './find-exports.js';
import type { Folders, Found, ModuleTarget, SideFile, SideFiles } from './found.js';
import { libraryOf } from './side-library.js';
import { jobOptionOf, type Target } from './target.js';
import { isVitestFile } from './vitest-file.js';

/** Finds all scenarios of a target. @throws UsageError */
export async function find(
  target: Target,
  folders: Folders,
  notes: string[],
  watching: Watching,
): Promise<Found[]> {
  if (target.kind === 'builtIn') return findBuiltIns(target, folders);
  const head = fileOn('head', folders.head, target);
  if (head === undefined) {
    throw new UsageError(`'${target.config.run}': head has no file ${target.path}.`);
  }
  const isVitest = isVitestFile(head.file);
  const base = fileOn('base', folders.base, target);
  const isSameKind = base !== undefined && isVitestFile(base.file) === isVitest;
  if (base !== undefined && !isSameKind) {
    const [here, there] = isVitest ? ['head', 'base'] : ['base', 'head'];
    notes.push(
      `${target.path} is a Vitest bench file on ${here} and not on ${there}: there is nothing to compare it with.`,
    );
  }
  const files = { head, ...(isSameKind && { base }) };
  return isVitest
    ? await findVitest(target, files, notes, watching)
    : await findExports(target, files, notes, watching);
}

function findBuiltIns(target: Target, { base, head }: Folders): Found[] {
  const own = libraryOf(head, 'head');
  if (own === undefined) {
    throw new UsageError(
      `The scenario '${target.config.run}' measures the package 'millrace' as each side has it, and head ` +
        "has none. Name a job of your own, such as './jobs.js#render'.",
    );
  }
  const before = base === undefined ? undefined : libraryOf(base, 'base');
  return (BUILT_INS[target.config.run] ?? []).map((each) => foundOf(each, target, own, before));
}

function foundOf(
  { name, spec }: BuiltIn,
  target: Target,
  own: string,
  before: string | undefined,
): Found {
  const prefix = target.config.name === undefined ? '' : `${target.config.name}: `;
  return {
    name: `${prefix}${name}`,
    target,
    ...(before !== undefined && { base: { ...spec, library: before } }),
    head: { ...spec, library: own },
  };
}

async function findVitest(
  target: ModuleTarget,
  files: SideFiles,
  notes: string[],
  watching: Watching,
): Promise<Found[]> {
  const { run, name = run } = target.config;
  const given = jobOptionOf(target.config);
  if (given !== undefined) {
    throw new UsageError(`'${run}': '${given}' is for jobs, and it is a Vitest bench file.`);
  }
  const { benchmarks, gone } = await findBenchmarks(run, files, watching);
  if (target.name !== undefined) {
    return [benchmarkFound(chooseBenchmark(run, target.name, benchmarks), name, target)];
  }
  notes.push(...gone.map((label) => `Base has a benchmark '${label}' in ${name} that head lacks.`));
  return benchmarks.map((each) => benchmarkFound(each, `${name}: ${each.label}`, target));
}

function benchmarkFound({ base, head }: FoundBenchmark, name: string, target: Target): Found {
  return { name, target, ...(base !== undefined && { base }), head };
}

/** The target's file on a side; undefined if it is not there. */
function fileOn(
  side: SideFile['side'],
  directory: string | undefined,
  { path }: ModuleTarget,
): SideFile | undefined {
  if (directory === undefined) return undefined;
  const file = join(directory, path);
  const isThere = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
  return isThere ? { side, directory, file } : undefined;
}
