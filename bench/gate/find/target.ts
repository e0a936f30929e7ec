/**
 * Reads what the gate is asked to compare, from an argument or from the configuration: a built-in scenario, a job, a
 * file with a tinybench `Bench`, or a Vitest bench file.
 *
 * Invariant: a returned target can be looked for on both sides; whether it exists there is checked later
 * (`finding.ts`).
 */
import { isAbsolute, relative, resolve } from 'node:path';
import { UsageError } from '../../options/flags.js';
import { didYouMean } from '../../options/nearest.js';
import { type InputSource, readInputSource } from '../../user-job/input-source.js';
import { looksLikeModule } from '../../user-job/module-name.js';
import { BUILT_INS } from './built-in.js';
import type { ScenarioConfig } from '../model/config.js';
import type { LoadSpec } from '../model/workload.js';

export type Target = {
  /** The scenario as requested; from a configuration, with its thresholds. */
  readonly config: ScenarioConfig;
} & (
  | { readonly kind: 'builtIn' }
  | {
      readonly kind: 'module';
      /** Path relative to the caller's folder, which each side has. */
      readonly path: string;
      /** The job, the task or the benchmark; absent: determined by what the file is. */
      readonly name?: string;
      readonly input: InputSource;
      readonly threads: number;
      readonly load: LoadSpec;
    }
);

const DEFAULT_THREADS = 2;
/** Jobs in flight per thread: enough that no thread is ever idle, and few enough for latencies to mean something. */
const IN_FLIGHT_PER_THREAD = 4;
const OPEN_BACKLOG = 1024;

/** Describes what is wrong with the name of a scenario; undefined if nothing is. */
export function flawOfRun(run: string): string | undefined {
  if (looksLikeModule(run) || Object.hasOwn(BUILT_INS, run)) return undefined;
  const names = Object.keys(BUILT_INS);
  return (
    `valid is one of ${names.join(', ')}, a job such as './jobs.js#render', a file with a ` +
    `tinybench Bench, or a Vitest bench file.${didYouMean(run, names)}`
  );
}

/** Reads a target. @param directory - The caller's folder. @throws UsageError */
export function readTarget(config: ScenarioConfig, directory: string): Target {
  const { run } = config;
  const flaw = flawOfRun(run);
  if (flaw !== undefined) throw new UsageError(`Unknown scenario '${run}'; ${flaw}`);
  if (!looksLikeModule(run)) {
    checkNoJobOptions(config);
    return { kind: 'builtIn', config };
  }
  const [file, name] = splitRun(run);
  const path = relative(directory, resolve(directory, file));
  if (file === '' || name === '') {
    throw new UsageError(
      `The job is '${run}'; valid is a module and one of its exports, such as './jobs.js#render'.`,
    );
  }
  if (path.startsWith('..') || isAbsolute(path)) {
    throw new UsageError(
      `'${run}' is outside of ${directory}; valid is a file in it, which base and head both have.`,
    );
  }
  return {
    kind: 'module',
    config,
    path,
    ...(name !== undefined && { name }),
    input: readInputSource(config.input, config.inputAs, directory),
    threads: config.threads ?? DEFAULT_THREADS,
    load: loadOf(config),
  };
}

/** Splits a file from the name after its '#', which may contain further ones: './a.bench.ts#Array#map > short'. */
function splitRun(run: string): readonly [file: string, name: string | undefined] {
  const afterEnding = run.search(/(?<=\.[cm]?[jt]sx?)#/);
  const at = afterEnding < 0 ? run.lastIndexOf('#') : afterEnding;
  return at < 0 ? [run, undefined] : [run.slice(0, at), run.slice(at + 1)];
}

function loadOf({ inFlight, perSecond, threads = DEFAULT_THREADS, run }: ScenarioConfig): LoadSpec {
  if (perSecond === undefined) {
    return { kind: 'closed', inFlight: inFlight ?? IN_FLIGHT_PER_THREAD * threads };
  }
  if (inFlight === undefined) return { kind: 'open', perSecond, backlog: OPEN_BACKLOG };
  throw new UsageError(
    `'${run}' has both jobs in flight (${inFlight}) and jobs per second (${perSecond}); valid is one.`,
  );
}

/** The first field of a configuration that is only for jobs on a pool, if any. */
export function jobOptionOf(config: ScenarioConfig): string | undefined {
  const options = ['input', 'inputAs', 'threads', 'inFlight', 'perSecond'] as const;
  return options.find((key) => config[key] !== undefined);
}

function checkNoJobOptions(config: ScenarioConfig): void {
  const given = jobOptionOf(config);
  if (given === undefined) return;
  throw new UsageError(
    `'${given}' is for jobs of your own; the scenario '${config.run}' has its own load.`,
  );
}
