/**
 * From what is asked for to what can be measured: looks for each target on both sides.
 *
 * Invariants: what head lacks is an error; what only base lacks is new, measured and not judged; what
 * only base has is noted. Names are unique, as reports and waivers go by them.
 */
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../flags.js';
import { didYouMean } from '../nearest.js';
import { BUILT_INS, type BuiltIn } from './built-in.js';
import type { GateConfig, ScenarioConfig } from './config.js';
import { judgedByDefault, METRIC_NAMES, type MetricName } from './metrics.js';
import { inspect, ROUND_TIMING, type RoundSurroundings, type Side } from './round.js';
import type { Target } from './target.js';
import { judgementOf, type Limits } from './thresholds.js';
import type { TrialPlan } from './trial.js';
import type { WorkloadSpec } from './workload.js';

/** Where the two sides are. Without a base everything is only measured. */
export interface Folders {
  readonly base?: string;
  readonly head: string;
}

export interface Plans {
  readonly trials: readonly TrialPlan[];
  readonly notes: readonly string[];
}

/** A thing to measure, with what each side runs. */
interface Found {
  readonly name: string;
  readonly target: Target;
  readonly base?: WorkloadSpec;
  readonly head: WorkloadSpec;
}

type Inspecting = Pick<RoundSurroundings, 'signal' | 'watch'>;

/** The gate's own library, where a side has none. */
const OWN_LIBRARY = new URL('../../src/index.js', import.meta.url).href;

/** Looks for all of them. @throws UsageError where head lacks something */
export async function planTrials(
  targets: readonly Target[],
  folders: Folders,
  config: Pick<GateConfig, 'thresholds'>,
  surroundings: Inspecting,
): Promise<Plans> {
  const notes: string[] = [];
  const found: Found[] = [];
  for (const target of targets) {
    found.push(
      ...(target.kind === 'builtIn'
        ? findBuiltIns(target, folders)
        : await findModule(target, folders, notes, surroundings)),
    );
  }
  checkNames(found);
  return { trials: found.map((each) => planOf(each, folders, config)), notes };
}

function findBuiltIns(target: Target, { base, head }: Folders): Found[] {
  const own = libraryOf(head);
  if (own === undefined) {
    throw new UsageError(
      `The scenario '${target.config.run}' measures the package 'millrace' as each side has it, and head ` +
        "has none. Name a job of your own, such as './jobs.js#render'.",
    );
  }
  const before = base === undefined ? undefined : libraryOf(base);
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

async function findModule(
  target: Extract<Target, { kind: 'module' }>,
  { base, head }: Folders,
  notes: string[],
  surroundings: Inspecting,
): Promise<Found[]> {
  const name = target.config.name ?? target.config.run;
  const own = await look(target, head, 'head', surroundings);
  if (own === undefined) {
    throw new UsageError(`'${target.config.run}': head has no file ${target.path}.`);
  }
  const before =
    base === undefined
      ? undefined
      : await look(target, base, 'base', surroundings).catch((error: Error) => {
          notes.push(`${name} could not be loaded on base and counts as new. ${error.message}`);
          return undefined;
        });
  if (target.name === undefined && own.tasks !== undefined) {
    const gone = before?.tasks?.filter((task) => !own.tasks?.includes(task)) ?? [];
    notes.push(...gone.map((task) => `Base has a task '${task}' in ${name}, head has not.`));
    return own.tasks.map((task) => ({
      name: `${name}: ${task}`,
      target,
      ...(before?.tasks?.includes(task) === true && {
        base: { kind: 'task', module: before.module, task } as const,
      }),
      head: { kind: 'task', module: own.module, task },
    }));
  }
  const job = target.name ?? 'default';
  if (!own.functions.includes(job)) {
    throw new UsageError(
      `'${target.config.run}': ${target.path} exports ${target.name === undefined ? 'no tinybench Bench and no default function' : `no function '${job}'`}` +
        `${own.functions.length === 0 ? '' : `; it has ${own.functions.join(', ')}`}.${didYouMean(job, own.functions)}`,
    );
  }
  const specFor = (module: string, folder: string): WorkloadSpec => ({
    kind: 'pool',
    module,
    name: job,
    input: target.input,
    threads: target.threads,
    load: target.load,
    library: libraryOf(folder) ?? OWN_LIBRARY,
  });
  return [
    {
      name,
      target,
      ...(base !== undefined &&
        before?.functions.includes(job) === true && { base: specFor(before.module, base) }),
      head: specFor(own.module, head),
    },
  ];
}

/** What a file has on a side; undefined where there is no such file. */
async function look(
  { path }: Extract<Target, { kind: 'module' }>,
  directory: string,
  side: string,
  surroundings: Inspecting,
): Promise<
  | { readonly module: string; readonly functions: readonly string[]; tasks?: readonly string[] }
  | undefined
> {
  const file = join(directory, path);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const module = pathToFileURL(file).href;
  try {
    return { module, ...(await inspect(module, directory, surroundings)) };
  } catch (error) {
    if (surroundings.signal.aborted) throw error;
    throw new UsageError(`${path} can't be loaded on ${side}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function planOf(
  { name, target, base, head }: Found,
  folders: Folders,
  config: Pick<GateConfig, 'thresholds'>,
): TrialPlan {
  const sides: Side[] = [{ name: 'head', directory: folders.head, spec: head }];
  if (base !== undefined && folders.base !== undefined) {
    sides.push(
      { name: 'base', directory: folders.base, spec: base },
      { name: 'control', directory: folders.base, spec: base },
    );
  }
  const isClosed = head.kind === 'task' || head.load.kind === 'closed';
  return {
    name,
    sides,
    timing: ROUND_TIMING,
    judged: judgedBy(isClosed, config, target.config),
    mayDiffer: target.config.allowDifferentResults === true,
  };
}

function judgedBy(
  isClosed: boolean,
  config: Pick<GateConfig, 'thresholds'>,
  scenario: ScenarioConfig,
): ReadonlyMap<MetricName, Limits> {
  return new Map(
    METRIC_NAMES.flatMap((metric) => {
      const byDefault = judgedByDefault(isClosed).includes(metric);
      const { isJudged, minEffect, maxEffect } = judgementOf(metric, byDefault, config, scenario);
      return isJudged ? [[metric, { minEffect, maxEffect }] as const] : [];
    }),
  );
}

/** The library as a folder's code would import it; undefined where it has none. */
function libraryOf(directory: string): string | undefined {
  try {
    const file = createRequire(join(directory, 'package.json')).resolve('millrace');
    return existsSync(file) ? pathToFileURL(file).href : undefined;
  } catch {
    return undefined;
  }
}

function checkNames(found: readonly Found[]): void {
  const names = found.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw new UsageError(
    `Two scenarios are called '${twice}'; valid is a name for each, by 'name' in the configuration.`,
  );
}
