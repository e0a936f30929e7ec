/**
 * Turns the words and options of `millrace bench` into the scenarios to run, with their settings.
 *
 * Invariants: every option reaches all scenarios that know it, and an option that none of them knows is an error; the
 * settings of a planned scenario are complete and valid.
 */
import { existsSync } from 'node:fs';
import type { FileResult } from '../report/bench-file.js';
import { type Flags, parseFlags, UsageError } from '../options/flags.js';
import { didYouMean } from '../options/nearest.js';
import type { Scenario, Surroundings } from '../harness/scenario.js';
import { SCENARIOS } from '../scenarios/index.js';
import { job } from '../scenarios/job/command.js';
import { looksLikeModule } from '../user-job/module-name.js';
import type { Option, OptionTable } from '../options/table.js';
import { RUN_OPTIONS } from './options.js';
import { TOUR } from './tour.js';

/** Hint for words that look like a pattern that the shell has expanded. */
const QUOTES = " A pattern of files needs quotes: --input 'docs/*.md'.";

/** A scenario with its settings. */
export interface PlannedScenario {
  readonly scenario: Scenario;
  readonly settings: unknown;
}

/**
 * Splits the arguments by the options of all scenarios; which of them are allowed is checked later. @throws
 * UsageError
 */
export function readArguments(args: readonly string[]): { operands: string[]; flags: Flags } {
  const every: OptionTable = Object.fromEntries(
    [RUN_OPTIONS, ...SCENARIOS.map(({ options }) => options)].flatMap((table) =>
      Object.entries<Option>(table),
    ),
  );
  const { words, flags } = parseFlags(args, every);
  return { operands: words, flags };
}

/** Plans the named scenarios, each with the options that it knows. @throws UsageError */
export function planNamed(operands: readonly string[], flags: Flags): PlannedScenario[] {
  checkModules(operands);
  const scenarios = operands.map((word) => (looksLikeModule(word) ? job : findScenario(word)));
  const twice = scenarios.find((each, at) => scenarios.indexOf(each) !== at);
  if (twice !== undefined) throw new UsageError(`Scenario '${twice.name}' is named twice.`);
  const all = withModule(flags, operands.find(looksLikeModule));
  checkScenarioFlags(all, scenarios);
  return scenarios.map((scenario) => ({
    scenario,
    settings: scenario.settings(only(all, scenario)),
  }));
}

/** Plans the quick benchmark, which runs if no scenario is named. @throws UsageError */
export function planTour(flags: Flags): PlannedScenario[] {
  checkScenarioFlags(
    flags,
    TOUR.map(({ scenario }) => scenario),
  );
  return TOUR.map(({ scenario, flags: own }) => ({
    scenario,
    settings: scenario.settings(new Map([...own, ...only(flags, scenario)])),
  }));
}

/**
 * Plans the single scenario of a run whose metrics the caller takes: nothing is drawn or written.
 *
 * @throws UsageError also if no scenario is named, or several.
 */
export function planOne(args: readonly string[]): PlannedScenario {
  const { operands, flags } = readArguments(args);
  const common = [...flags.keys()].find((name) => Object.hasOwn(RUN_OPTIONS, name));
  if (common !== undefined) {
    throw new UsageError(
      `Option '--${common}' has no effect here; valid are the options of the scenario.`,
    );
  }
  const [planned, second] = operands.length === 0 ? [] : planNamed(operands, flags);
  if (planned === undefined) throw new UsageError('No scenario is named; name one.');
  if (second === undefined) return planned;
  const both = `'${planned.scenario.name}' and '${second.scenario.name}'`;
  throw new UsageError(`Scenarios ${both} are named; name only one.`);
}

/** Measures a scenario and extracts its metrics. @throws Error if it can't run at all. */
export async function measurePlanned(
  { scenario, settings }: PlannedScenario,
  surroundings: Surroundings,
): Promise<FileResult> {
  const result = await scenario.measure(settings, surroundings);
  return { ...result, figures: scenario.figures(result) };
}

/** @throws UsageError if there are several, as when a shell expands a pattern without quotes. */
function checkModules(operands: readonly string[]): void {
  const [first, second] = operands.filter(looksLikeModule);
  if (second === undefined) return;
  throw new UsageError(`Two jobs are named, '${first}' and '${second}'; valid is one.${QUOTES}`);
}

/** `millrace bench ./jobs.js#render` is short for `millrace bench job --module ./jobs.js#render`. */
function withModule(flags: Flags, word: string | undefined): Flags {
  if (word === undefined) return flags;
  if (!flags.has('module')) return new Map([...flags, ['module', word]]);
  throw new UsageError(
    `Option '--module' is given beside the job '${word}'; valid is one of the two.`,
  );
}

function findScenario(name: string): Scenario {
  const names = SCENARIOS.map((scenario) => scenario.name);
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const hint = existsSync(name) ? QUOTES : didYouMean(name, [...names, 'list', 'compare']);
  throw new UsageError(`Unknown scenario '${name}'; valid is one of ${names.join(', ')}.${hint}`);
}

/** @throws UsageError for an option that none of the scenarios knows. */
function checkScenarioFlags(flags: Flags, scenarios: readonly Scenario[]): void {
  const known = [
    ...Object.keys(RUN_OPTIONS),
    ...scenarios.flatMap((scenario) => Object.keys(scenario.options)),
  ];
  checkFlags(flags, known, scenarios.map((each) => each.name).join(', '));
}

/** @throws UsageError for an option that is not among the known ones. */
export function checkFlags(flags: Flags, known: readonly string[], what: string): void {
  const unknown = [...flags.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const options = known.map((each) => `--${each}`);
  throw new UsageError(
    `Unknown option '--${unknown}' for ${what}.${didYouMean(`--${unknown}`, options)}`,
  );
}

function only(flags: Flags, scenario: Scenario): Flags {
  return new Map([...flags].filter(([name]) => Object.hasOwn(scenario.options, name)));
}
