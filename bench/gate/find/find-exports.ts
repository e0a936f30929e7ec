/**
 * Finds what a file exports on both sides: the tasks of a tinybench `Bench`, or a job.
 *
 * Invariants: what head lacks is an error, and so is a file that a side has but can't load; what only base lacks is
 * new; a task that only base has is noted.
 */
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../options/flags.js';
import { didYouMean } from '../../options/nearest.js';
import { builtFile } from '../../process/built-file.js';
import type { Watching } from '../measure/conversation.js';
import type { WorkloadSpec } from '../model/workload.js';
import type { Found, ModuleTarget, SideFile, SideFiles } from './found.js';
import { inspect, type Inspection } from './inspection.js';
import { describeLoadFailure } from './load-failure.js';
import { libraryOf } from './side-library.js';
import { jobOptionOf } from './target.js';

/** An inspected file of a side. */
type Looked = SideFile & Inspection & { readonly module: string };

/** The gate's own library, for a side that has none. */
const OWN_LIBRARY = builtFile('src/index.js').href;

/** Finds the job, or the tasks. @throws UsageError */
export async function findExports(
  target: ModuleTarget,
  { base, head }: SideFiles,
  notes: string[],
  watching: Watching,
): Promise<Found[]> {
  const own = await look(target, head, watching);
  const before = base === undefined ? undefined : await look(target, base, watching);
  return own.tasks === undefined
    ? [findJob(target, own, before)]
    : findTasks(target, own.tasks, own, before, notes);
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
  const isOne = target.name !== undefined;
  const chosen = isOne ? [target.name] : tasks;
  const gone = isOne ? [] : (before?.tasks?.filter((task) => !tasks.includes(task)) ?? []);
  notes.push(...gone.map((task) => `Base has a task '${task}' in ${name} that head lacks.`));
  return chosen.map((task) => {
    const specOf = ({ module }: Looked): WorkloadSpec => ({ kind: 'task', module, task });
    const isThere = before?.tasks?.includes(task) === true;
    const called = isOne ? name : `${name}: ${task}`;
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
  if (twice !== undefined) throw wrong(`two tasks of ${path} have the name '${twice}'.`);
  if (name !== undefined && !tasks.includes(name)) {
    throw wrong(
      `the Bench of ${path} has no task '${name}'; it has ${tasks.join(', ')}.${didYouMean(name, tasks)}`,
    );
  }
}

function findJob(target: ModuleTarget, own: Looked, before: Looked | undefined): Found {
  const { name: job = 'default', input, threads, load } = target;
  const { run, name = run } = target.config;
  checkJob(target, job, own.functions);
  const specFor = ({ module, directory, side }: Looked): WorkloadSpec => ({
    kind: 'pool',
    module,
    name: job,
    input,
    threads,
    load,
    library: libraryOf(directory, side) ?? OWN_LIBRARY,
  });
  return {
    name,
    target,
    ...(before?.functions.includes(job) === true && { base: specFor(before) }),
    head: specFor(own),
  };
}

function checkJob(
  { path, name, config }: ModuleTarget,
  job: string,
  functions: readonly string[],
): void {
  if (functions.includes(job)) return;
  const what =
    name === undefined ? 'no tinybench Bench and no default function' : `no function '${job}'`;
  const there = functions.length === 0 ? '' : `; it has ${functions.join(', ')}`;
  const valid =
    name === undefined
      ? ` Export the Bench as default or as 'bench', or name a function: './${path}#name'.`
      : '';
  throw new UsageError(
    `'${config.run}': ${path} exports ${what}${there}.${didYouMean(job, functions)}${valid}`,
  );
}

/** Inspects a file of a side. @throws UsageError if it can't be loaded */
async function look({ path }: ModuleTarget, where: SideFile, watching: Watching): Promise<Looked> {
  const { side, directory, file } = where;
  const module = pathToFileURL(file).href;
  try {
    return { ...where, module, ...(await inspect(module, directory, watching)) };
  } catch (error) {
    if (watching.signal.aborted) throw error;
    const reason = describeLoadFailure(error as Error, directory);
    throw new UsageError(`${path} can't be loaded on ${side}: ${reason}`, { cause: error });
  }
}
