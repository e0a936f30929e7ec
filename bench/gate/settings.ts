/**
 * What `millrace gate` is told, by its options and by the configuration: complete and valid before
 * anything is started.
 *
 * Invariant: an option of the command line comes before its field in the configuration; what only the
 * sides can tell is checked when they are there.
 */
import { randomInt } from 'node:crypto';
import { type Flags, readOptions, UsageError } from '../options/flags.js';
import type { OptionValues } from '../options/table.js';
import { checkDistinct, checkWritable } from '../store/json-file.js';
import { readForm } from '../user-job/input-source.js';
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

/** Where the results go, beside the screen. */
export const TARGETS = ['json', 'md', 'html', 'junit'] as const;
export type Targets = Readonly<Partial<Record<(typeof TARGETS)[number], string>>>;

type Given = OptionValues<typeof GATE_OPTIONS>;

export interface GateSettings {
  /** Undefined where it is the merge base with the main branch. */
  readonly base?: string;
  readonly head?: string;
  /** Whether head is compared with itself. */
  readonly isAA: boolean;
  /** A stored run, to be compared with instead of a base. */
  readonly baseline?: { readonly path: string; readonly report: GateReport };
  readonly targets: readonly Target[];
  readonly budgets: BudgetPlan;
  readonly waivers: readonly Waiver[];
  readonly config: GateConfig;
  /** Undefined where it is detected. */
  readonly build?: readonly string[];
  readonly looks: readonly Look[] | undefined;
  /** What each analysis of a scenario may take. Undefined where its kind decides. */
  readonly limitSeconds: number | undefined;
  readonly seed: number;
  readonly isStrict: boolean;
  readonly filter?: string;
  readonly files: Targets;
}

/** Reads and completes them. @throws UsageError */
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
      "What shall be compared? Name a job such as './jobs.js#render', a Vitest bench file, a file with a " +
        "tinybench Bench or a scenario, or give '--budget FILE', or list them in millrace.config.ts, .js or .json.",
    );
  }
  if (scenarios.length === 0) checkNoComparison(flags);
  const { base, head, baseline: stored } = given;
  checkBaseline(stored, { base, head, aa: given.aa || undefined });
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
    // Another order each time, so that a second run is a second opinion; the report says which.
    seed: given.seed ?? randomInt(2 ** 32),
    isStrict: given.strict,
    files: readFiles(given),
  };
}

/** A word of the command line, with the options that are for jobs. */
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
  throw new UsageError(`Option '--${given}' is for a job that is named beside it; none is.`);
}

/** @throws UsageError for an option that is about a comparison, where only budgets are checked. */
function checkNoComparison(flags: Flags): void {
  const given = COMPARISON_OPTIONS.find((name) => flags.has(name));
  if (given === undefined) return;
  throw new UsageError(
    `Option '--${given}' has no effect: nothing is compared, only budgets are checked.`,
  );
}

function checkBaseline(
  stored: string | undefined,
  refs: Readonly<Record<string, string | true | undefined>>,
): void {
  const ref = Object.keys(refs).find((name) => refs[name] !== undefined);
  if (stored === undefined || ref === undefined) return;
  throw new UsageError(
    `Options '--baseline' and '--${ref}' are both given; a stored run replaces the base, and what ` +
      'lies in this folder is compared with it. Valid is one of both.',
  );
}

/** @throws UsageError where a base is named for an A/A gate. */
function checkAA({ aa, base }: Pick<Given, 'aa' | 'base'>): void {
  if (!aa || base === undefined) return;
  throw new UsageError(
    `Options '--aa' and '--base' are both given; an A/A gate compares head with itself. Valid is one of both.`,
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

/** Without the fields that are undefined. */
function definedOnly<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as never;
}
