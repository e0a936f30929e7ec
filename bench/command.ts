/**
 * `millrace bench`: which scenarios, with which options; then one after the other, and what came of
 * them on the screen and in files.
 *
 * Invariants: whatever can be known to be wrong (a name, an option, a file that can't be written) is
 * said before anything is started; a run that is interrupted or fails still writes what it has; every option
 * reaches all scenarios that know it, and one that none of them knows is an error.
 */
import { existsSync } from 'node:fs';
import { type BenchFile, type FileResult, SCHEMA } from './bench-file.js';
import { compareFiles } from './compare.js';
import { describeBusy, readEnvironment } from './environment.js';
import { type Flags, type FlagTable, parseFlags, textFlag, UsageError } from './flags.js';
import { benchHelp, scenarioList } from './help.js';
import { checkDistinct, checkWritable, writeJson, writeText } from './json-file.js';
import { drawMarkdown } from './markdown/run.js';
import { didYouMean } from './nearest.js';
import type { Scenario, Surroundings } from './scenario.js';
import { SCENARIOS } from './scenarios/index.js';
import { job } from './scenarios/job/command.js';
import { looksLikeModule } from './scenarios/job/module-name.js';
import { drawDocument } from './terminal/document.js';
import { wrap } from './terminal/wrap.js';
import { TOUR } from './tour.js';

/** Options of every run. */
const COMMON_FLAGS: FlagTable = {
  help: 'switch',
  'no-color': 'switch',
  quiet: 'switch',
  json: 'text',
  md: 'text',
  html: 'text',
};

/** For words that look as if a shell had put them there. */
const QUOTES = " A pattern of files needs quotes: --input 'docs/*.md'.";

/** A scenario, and what it is told. */
interface Step {
  readonly scenario: Scenario;
  readonly settings: unknown;
}

/** Where results go, beside the screen. */
interface Targets {
  readonly json: string | undefined;
  readonly md: string | undefined;
  readonly html: string | undefined;
}

/** Carries out `millrace bench …`. @throws UsageError @throws Error where a measurement failed */
export async function bench(args: readonly string[], surroundings: Surroundings): Promise<void> {
  const { operands, flags } = readArguments(args);
  if (flags.has('help')) return print(benchHelp(SCENARIOS), surroundings);
  if (operands[0] === 'list') {
    checkFlags(flags, ['no-color', 'quiet'], 'list');
    if (operands[1] !== undefined) {
      throw new UsageError(`'list' takes no names, but '${operands[1]}' was given.`);
    }
    return print(scenarioList(SCENARIOS), surroundings);
  }
  if (operands[0] === 'compare') {
    checkFlags(flags, ['no-color', 'quiet', 'json', 'md'], 'compare');
    const targets = { json: textFlag(flags, 'json'), md: textFlag(flags, 'md') };
    return print(compareFiles(operands.slice(1), surroundings.paint, targets), surroundings);
  }
  const isTour = operands.length === 0;
  const steps = isTour ? tourSteps(flags) : chosenSteps(operands, flags);
  const targets = readTargets(flags, isTour);
  for (const { scenario, settings } of steps) await scenario.check?.(settings, surroundings);
  const { file, error } = await runSteps(steps, args, flags, surroundings);
  // What nobody has named, such as the report of an earlier tour, is not overwritten by nothing.
  const isEmpty = file.results.every(({ figures }) => figures.length === 0);
  await write(file, isEmpty ? namedTargets(targets, flags) : targets, surroundings);
  if (error !== undefined) throw error;
  const [failure, ...more] = file.results.flatMap(({ failures }) => failures);
  if (failure === undefined) return;
  const many = more.length === 0 ? 'A measurement' : `${more.length + 1} measurements`;
  throw new Error(`${many} failed. ${failure}`);
}

/** Splits the arguments by the options of all scenarios; which of them are allowed is seen later. */
function readArguments(args: readonly string[]): { operands: string[]; flags: Flags } {
  const every = Object.assign({}, COMMON_FLAGS, ...SCENARIOS.map(({ flags }) => flags));
  const { words, flags } = parseFlags(args, every as FlagTable);
  return { operands: words, flags };
}

function chosenSteps(operands: readonly string[], flags: Flags): Step[] {
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

function tourSteps(flags: Flags): Step[] {
  checkScenarioFlags(
    flags,
    TOUR.map(({ scenario }) => scenario),
  );
  return TOUR.map(({ scenario, flags: own }) => ({
    scenario,
    settings: scenario.settings(new Map([...own, ...only(flags, scenario)])),
  }));
}

/** @throws UsageError where there are several, as a shell makes of a pattern without quotes. */
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
    `Option '--module' is given beside the job '${word}'; valid is one of both.`,
  );
}

function findScenario(name: string): Scenario {
  const names = SCENARIOS.map((scenario) => scenario.name);
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const hint = existsSync(name) ? QUOTES : didYouMean(name, [...names, 'list', 'compare']);
  throw new UsageError(`Unknown scenario '${name}'; there is: ${names.join(', ')}.${hint}`);
}

/** @throws UsageError for an option that none of the scenarios knows. */
function checkScenarioFlags(flags: Flags, scenarios: readonly Scenario[]): void {
  const known = [
    ...Object.keys(COMMON_FLAGS),
    ...scenarios.flatMap((scenario) => Object.keys(scenario.flags)),
  ];
  checkFlags(flags, known, scenarios.map((each) => each.name).join(', '));
}

function checkFlags(flags: Flags, known: readonly string[], what: string): void {
  const unknown = [...flags.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const options = known.map((each) => `--${each}`);
  throw new UsageError(
    `Unknown option '--${unknown}' for ${what}.${didYouMean(`--${unknown}`, options)}`,
  );
}

function only(flags: Flags, scenario: Scenario): Flags {
  return new Map([...flags].filter(([name]) => Object.hasOwn(scenario.flags, name)));
}

function readTargets(flags: Flags, isTour: boolean): Targets {
  const target = (kind: 'json' | 'md' | 'html'): string | undefined => {
    const byDefault = isTour && kind !== 'md' ? `millrace-report.${kind}` : undefined;
    const path = textFlag(flags, kind) ?? byDefault;
    if (path !== undefined) checkWritable(kind, path);
    return path;
  };
  const targets = { json: target('json'), md: target('md'), html: target('html') };
  checkDistinct(targets);
  return targets;
}

/** The same without the files that nobody has named. */
function namedTargets(targets: Targets, flags: Flags): Targets {
  const named = (kind: keyof Targets) => (flags.has(kind) ? targets[kind] : undefined);
  return { json: named('json'), md: named('md'), html: named('html') };
}

async function runSteps(
  steps: readonly Step[],
  args: readonly string[],
  flags: Flags,
  surroundings: Surroundings,
): Promise<{ readonly file: BenchFile; readonly error?: unknown }> {
  const { screen, paint, signal } = surroundings;
  const startedAt = new Date().toISOString();
  const environment = readEnvironment();
  const results: FileResult[] = [];
  const busy = describeBusy(environment);
  if (busy !== undefined) screen.write(`${wrap(busy).join('\n')}\n`);
  const quiet = flags.has('quiet') ? { ...surroundings, screen: SILENT } : surroundings;
  const command = ['millrace bench', ...args.map(quoted)].join(' ');
  const file: BenchFile = { schema: SCHEMA, command, startedAt, environment, results };
  try {
    for (const { scenario, settings } of steps) {
      if (signal.aborted) break;
      if (steps.length > 1 && !flags.has('quiet')) {
        const title = `${paint('title', `${scenario.name}: `)}${scenario.summary}`;
        screen.write(`\n${wrap(title).join('\n')}\n`);
      }
      const result = await scenario.measure(settings, quiet);
      const document = scenario.describe(result);
      if (document.blocks.length > 0) screen.write(`${drawDocument(document, paint).join('\n')}\n`);
      results.push({ ...result, figures: scenario.figures(result) });
    }
    return { file };
  } catch (error) {
    // What the scenarios before it have measured is worth keeping.
    return { file, error };
  }
}

const SILENT = { write: (): void => {} };

async function write(file: BenchFile, targets: Targets, { screen }: Surroundings): Promise<void> {
  const { json, md, html } = targets;
  if (json !== undefined) writeJson(json, file);
  if (md !== undefined) writeText(md, drawMarkdown(file, SCENARIOS));
  if (html !== undefined) {
    // Loaded only where it is needed, as it brings a library along.
    const { drawPage } = await import('./html/page.js');
    writeText(html, drawPage(file, SCENARIOS));
  }
  const written = [html, json, md].filter((path) => path !== undefined);
  if (written.length > 0) screen.write(`\n${wrap(`Written: ${written.join(', ')}`).join('\n')}\n`);
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function print(text: string, { screen }: Surroundings): void {
  screen.write(text);
}
