/**
 * Reads the settings of `millrace gate` from its options and the configuration, complete and valid before anything
 * starts.
 *
 * Invariant: a command-line option takes precedence over its field in the configuration; what depends on the sides is
 * checked once they exist.
 */
import { randomInt } from 'node:crypto';
import { type Flags, readOptions, UsageError } from '../options/flags.js';
import type { OptionValues } from '../options/table.js';
import { checkDistinct, checkWritable } from '../store/json-file.js';
import { readForm } from '../user-job/input-source.js';
import { BASELINE_ROUNDS } from './judge/baseline.js';
import { readBudgets } from './config/budget-file.js';
import { type BudgetPlan, planBudgets } from './judge/budget-run.js';
import type { GateConfig, ScenarioConfig, Waiver } from './model/config.js';
import { loadConfig, type LoadedConfig } from './config/load-config.js';
import { type Look, looksAfter } from './model/looks.js';
import { COMPARISON_OPTIONS, GATE_OPTIONS, JOB_OPTIONS } from './options.js';
import { readGateReport } from './report/read-report.js';
import type { GateReport } from './model/report.js';
import { flawOfRun, readTarget, type Target } from './find/target.js';
import { checkUnique } from './config/unique-names.js';

/** Kinds of output files, besides the screen. */
export const TARGETS = ['json', 'md', 'html', 'junit'] as const;
export type Targets = Readonly<Partial<Record<(typeof TARGETS)[number], string>>>;

type Given = OptionValues<typeof GATE_OPTIONS>;

export interface GateSettings {
  /** Undefined: the merge base with the main branch. */
  readonly base?: string;
  readonly head?: string;
  /** True if head is compared with itself. */
  readonly isAA: boolean;
  /** A stored run to compare with instead of a base. */
  readonly baseline?: { readonly path: string; readonly report: GateReport };
  readonly targets: readonly Target[];
  readonly budgets: BudgetPlan;
  readonly waivers: readonly Waiver[];
  readonly config: GateConfig;
  /** Undefined: detected. */
  readonly build?: readonly string[];
  readonly looks: readonly Look[] | undefined;
  /** Time budget of each trial of a scenario, in seconds; undefined: the default of its kind. */
  readonly limitSeconds: number | undefined;
  readonly seed: number;
  readonly isStrict: boolean;
  readonly filter?: string;
  readonly files: Targets;
}

/** Reads and completes the settings. @throws UsageError */
export async function gateSettings(
  words: readonly string[],
  flags: Flags,
  directory: string,
): Promise<GateSettings> {
  const given = readOptions(flags, GATE_OPTIONS);
  const loaded = await loadConfig({ directory, path: given.config, flawOfRun });
  const config = loaded?.config ?? {};
  const budgetFile = given.budget;
  const scenarios =
    words.length === 0 ? (config.scenarios ?? []) : words.map((run) => chosen(run, given));
  checkJobFlags(words, flags);
  const budgets = [
    ...(words.length === 0 ? (config.budgets ?? []) : []),
    ...(budgetFile === undefined ? [] : readBudgets(budgetFile)),
  ];
  checkUnique(
    'budgets',
    budgets.map(({ name }) => name),
  );
  checkUnique(
    'scenarios',
    scenarios.map(({ name, run }) => name ?? run),
  );
  if (scenarios.length === 0 && budgets.length === 0) {
    throw new UsageError(
      "Nothing is named to compare. Name a job such as './jobs.js#render', a Vitest bench file, a file with a " +
        "tinybench Bench or a scenario, or give '--budget FILE', or list them in millrace.config.ts, .js or .json.",
    );
  }
  if (scenarios.length === 0) checkNoComparison(flags);
  const { base, head, baseline: stored } = given;
  checkBaseline(given);
  checkAA(given);
  const { build, filter } = given;
  return {
    ...definedOnly({ base: base ?? config.base, head, filter }),
    isAA: given.aa,
    ...(stored !== undefined && { baseline: { path: stored, report: readGateReport(stored) } }),
    targets: scenarios.map((each) => readTarget(each, directory)),
    budgets: planBudgets(budgets),
    waivers: config.waivers ?? [],
    config,
    ...(build === undefined
      ? config.build !== undefined && { build: config.build }
      : { build: [build] }),
    looks: readLooks(given.looks, loaded),
    limitSeconds: given.seconds ?? config.seconds,
    // A new order each time, so that a second run is a second opinion; the report has the seed.
    seed: given.seed ?? randomInt(2 ** 32),
    isStrict: given.strict,
    files: readFiles(given),
  };
}

/** A scenario named on the command line, with the job options. */
function chosen(run: string, given: Given): ScenarioConfig {
  return {
    run,
    ...definedOnly({
      input: given.input,
      inputAs: readForm(given['input-as']),
      threads: given.threads,
      inFlight: given['in-flight'],
      perSecond: given.rate,
      allowDifferentResults: given['allow-different-results'] || undefined,
    }),
  };
}

function readLooks(
  given: string | undefined,
  loaded: LoadedConfig | undefined,
): readonly Look[] | undefined {
  if (given !== undefined) {
    const rounds = given.split(',').map((each) => (/^\d+$/.test(each) ? Number(each) : NaN));
    return looksAfter(rounds, "Option '--looks'");
  }
  const configured = loaded?.config.looks;
  if (configured === undefined) return undefined;
  return looksAfter(configured, `'${loaded?.file}': looks`);
}

function checkJobFlags(words: readonly string[], flags: Flags): void {
  const given = JOB_OPTIONS.find((name) => flags.has(name));
  if (given === undefined || words.length > 0) return;
  throw new UsageError(`Option '--${given}' is for a job named on the command line; none is.`);
}

/** @throws UsageError for a comparison option if only budgets are checked. */
function checkNoComparison(flags: Flags): void {
  const given = COMPARISON_OPTIONS.find((name) => flags.has(name));
  if (given === undefined) return;
  throw new UsageError(
    `Option '--${given}' has no effect: nothing is compared, only budgets are checked.`,
  );
}

/** Reasons why an option does not go with a stored run. */
const NOT_WITH_BASELINE = {
  base: 'a stored run replaces the base',
  head: 'what lies in this folder is compared',
  aa: 'an A/A gate compares head with itself',
  build: 'what lies in this folder is compared, as it is',
  looks: `a stored run is compared once, after ${BASELINE_ROUNDS} rounds`,
} as const;

/** @throws UsageError if an option is given that a comparison with a stored run has no use for. */
function checkBaseline(given: Given): void {
  if (given.baseline === undefined) return;
  const names = Object.keys(NOT_WITH_BASELINE) as Array<keyof typeof NOT_WITH_BASELINE>;
  const name = names.find((each) => given[each] !== undefined && given[each] !== false);
  if (name === undefined) return;
  throw new UsageError(
    `Options '--baseline' and '--${name}' are both given; ${NOT_WITH_BASELINE[name]}. Valid is one of the two.`,
  );
}

/** @throws UsageError if a base is named for an A/A gate. */
function checkAA({ aa, base }: Pick<Given, 'aa' | 'base'>): void {
  if (!aa || base === undefined) return;
  throw new UsageError(
    `Options '--aa' and '--base' are both given; an A/A gate compares head with itself. Valid is one of the two.`,
  );
}

function readFiles(given: Given): Targets {
  const files: { -readonly [Kind in keyof Targets]: Targets[Kind] } = {};
  for (const kind of TARGETS) {
    const path = given[kind];
    if (path === undefined) continue;
    checkWritable(kind, path);
    files[kind] = path;
  }
  checkDistinct(files);
  return files;
}

/** The fields that are defined. */
function definedOnly<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as never;
}
