/**
 * Looks on both sides for what is asked for: jobs, tasks of a tinybench `Bench`, the library itself.
 *
 * Invariants: what head lacks is an error, and so is what a side has and can't load; what only base lacks
 * is new; what only base has is noted.
 */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../options/flags.js';
import { didYouMean } from '../../options/nearest.js';
import { BUILT_INS, type BuiltIn } from './built-in.js';
import type { Watching } from '../measure/conversation.js';
import { inspect, type Inspection } from './inspection.js';
import { jobOptionOf, type Target } from './target.js';
import type { WorkloadSpec } from '../model/workload.js';

/** Where the two sides are. Without a base everything is only measured. */
export interface Folders {
  readonly base?: string;
  readonly head: string;
}

/** A thing to measure, with what each side runs. */
export interface Found {
  readonly name: string;
  readonly target: Target;
  readonly base?: WorkloadSpec;
  readonly head: WorkloadSpec;
}

type ModuleTarget = Extract<Target, { kind: 'module' }>;

/** A file of a side. */
type Looked = Inspection & { readonly module: string };

/** The gate's own library, where a side has none. */
const OWN_LIBRARY = new URL('../../../src/index.js', import.meta.url).href;

/** All that a target stands for. @throws UsageError */
export async function find(
  target: Target,
  folders: Folders,
  notes: string[],
  watching: Watching,
): Promise<Found[]> {
  if (target.kind === 'builtIn') return findBuiltIns(target, folders);
  const { base, head } = folders;
  const own = await look(target, head, 'head', watching);
  if (own === undefined) {
    throw new UsageError(`'${target.config.run}': head has no file ${target.path}.`);
  }
  const before = base === undefined ? undefined : await look(target, base, 'base', watching);
  return own.tasks === undefined
    ? [findJob(target, folders, own, before)]
    : findTasks(target, own.tasks, own, before, notes);
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

function findTasks(
  target: ModuleTarget,
  tasks: readonly string[],
  own: Looked,
  before: Looked | undefined,
  notes: string[],
): Found[] {
  const { run, name = run } = target.config;
  checkTasks(target, tasks);
  const chosen = target.name === undefined ? tasks : [target.name];
  const gone = before?.tasks?.filter((task) => !tasks.includes(task)) ?? [];
  notes.push(...gone.map((task) => `Base has a task '${task}' in ${name}, head has not.`));
  return chosen.map((task) => {
    const specOf = ({ module }: Looked): WorkloadSpec => ({ kind: 'task', module, task });
    const isThere = before?.tasks?.includes(task) === true;
    const called = target.name === undefined ? `${name}: ${task}` : name;
    const head = specOf(own);
    return isThere
      ? { name: called, target, base: specOf(before), head }
      : { name: called, target, head };
  });
}

function checkTasks({ path, name, config }: ModuleTarget, tasks: readonly string[]): void {
  const wrong = (what: string): UsageError => new UsageError(`'${config.run}': ${what}`);
  const given = jobOptionOf(config);
  if (given !== undefined) {
    throw wrong(`'${given}' is for jobs, and ${path} exports a tinybench Bench.`);
  }
  if (tasks.length === 0) throw wrong(`the Bench of ${path} has no task.`);
  const twice = tasks.find((task, at) => tasks.indexOf(task) !== at);
  if (twice !== undefined) throw wrong(`two tasks of ${path} are called '${twice}'.`);
  if (name !== undefined && !tasks.includes(name)) {
    throw wrong(
      `the Bench of ${path} has no task '${name}'; it has ${tasks.join(', ')}.${didYouMean(name, tasks)}`,
    );
  }
}

function findJob(
  target: ModuleTarget,
  { base, head }: Folders,
  own: Looked,
  before: Looked | undefined,
): Found {
  const { name: job = 'default', path, input, threads, load } = target;
  const { run, name = run } = target.config;
  if (!own.functions.includes(job)) {
    const what =
      target.name === undefined
        ? 'no tinybench Bench and no default function'
        : `no function '${job}'`;
    const there = own.functions.length === 0 ? '' : `; it has ${own.functions.join(', ')}`;
    throw new UsageError(
      `'${run}': ${path} exports ${what}${there}.${didYouMean(job, own.functions)}`,
    );
  }
  const specFor = (module: string, folder: string, side: string): WorkloadSpec => ({
    kind: 'pool',
    module,
    name: job,
    input,
    threads,
    load,
    library: libraryOf(folder, side) ?? OWN_LIBRARY,
  });
  return {
    name,
    target,
    ...(base !== undefined &&
      before?.functions.includes(job) === true && { base: specFor(before.module, base, 'base') }),
    head: specFor(own.module, head, 'head'),
  };
}

/** What a file has on a side; undefined where there is no such file. */
async function look(
  { path }: ModuleTarget,
  directory: string,
  side: string,
  watching: Watching,
): Promise<Looked | undefined> {
  const file = join(directory, path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const module = pathToFileURL(file).href;
  try {
    return { module, ...(await inspect(module, directory, watching)) };
  } catch (error) {
    if (watching.signal.aborted) throw error;
    throw new UsageError(`${path} can't be loaded on ${side}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The library as a folder's code would import it; undefined where it has none. */
function libraryOf(directory: string, side: string): string | undefined {
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
