/**
 * Carries out `millrace bench`: runs the chosen scenarios (`plan.ts`) one after the other and writes their results to
 * the screen and to files.
 *
 * Invariants: every error that can be detected in advance (a name, an option, a file that can't be written) is
 * reported before anything starts; a run that is interrupted or fails still writes the results it has.
 */
import { type BenchFile, type FileResult, SCHEMA } from '../report/bench-file.js';
import { compareFiles } from '../compare/command.js';
import { describeBusy, readEnvironment } from '../process/environment.js';
import { type Flags, readOptions, UsageError } from '../options/flags.js';
import { benchHelp, scenarioList } from './help.js';
import { checkDistinct, checkWritable, writeJson, writeText } from '../store/json-file.js';
import { renderMarkdown } from '../report/markdown/run.js';
import { quotedWord } from '../options/quoted.js';
import type { Surroundings } from '../harness/scenario.js';
import { sectionsOf } from '../harness/sections.js';
import { SCENARIOS } from '../scenarios/index.js';
import {
  checkFlags,
  planNamed,
  measurePlanned,
  readArguments,
  type PlannedScenario,
  planTour,
} from './plan.js';
import { FILE_OPTIONS } from './options.js';
import { renderDocument } from '../report/terminal/document.js';
import { columnsOf, SILENT, textColumns } from '../report/terminal/screen.js';
import { wrap } from '../report/terminal/wrap.js';

/** Paths of the result files; undefined: not written. */
interface Targets {
  readonly json: string | undefined;
  readonly md: string | undefined;
  readonly html: string | undefined;
}

/** Carries out `millrace bench …`. @throws UsageError @throws Error if a measurement failed */
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
    const { json, md } = readOptions(flags, FILE_OPTIONS);
    const columns = columnsOf(surroundings.screen);
    const text = compareFiles(operands.slice(1), surroundings.paint, { json, md }, columns);
    return print(text, surroundings);
  }
  const isTour = operands.length === 0;
  const plan = isTour ? planTour(flags) : planNamed(operands, flags);
  const targets = readTargets(flags, isTour);
  for (const { scenario, settings } of plan) await scenario.check?.(settings, surroundings);
  const { file, error } = await measureAll(plan, args, flags, surroundings);
  // An empty result must not overwrite a default file, such as the report of an earlier quick benchmark.
  const isEmpty = file.results.every(({ figures }) => figures.length === 0);
  await write(file, isEmpty ? namedTargets(targets, flags) : targets, surroundings);
  if (error !== undefined) throw error;
  const [failure, ...more] = file.results.flatMap(({ failures }) => failures);
  if (failure === undefined) return;
  const many = more.length === 0 ? 'A measurement' : `${more.length + 1} measurements`;
  throw new Error(`${many} failed. ${failure}`);
}

function readTargets(flags: Flags, isTour: boolean): Targets {
  const given = readOptions(flags, FILE_OPTIONS);
  const target = (kind: keyof Targets): string | undefined => {
    const byDefault = isTour && kind !== 'md' ? `millrace-report.${kind}` : undefined;
    const path = given[kind] ?? byDefault;
    if (path !== undefined) checkWritable(kind, path);
    return path;
  };
  const targets = { json: target('json'), md: target('md'), html: target('html') };
  checkDistinct(targets);
  return targets;
}

/** Keeps only the files that the user named. */
function namedTargets(targets: Targets, flags: Flags): Targets {
  const named = (kind: keyof Targets) => (flags.has(kind) ? targets[kind] : undefined);
  return { json: named('json'), md: named('md'), html: named('html') };
}

async function measureAll(
  plan: readonly PlannedScenario[],
  args: readonly string[],
  flags: Flags,
  surroundings: Surroundings,
): Promise<{ readonly file: BenchFile; readonly error?: unknown }> {
  const { screen, paint, signal } = surroundings;
  const startedAt = new Date().toISOString();
  const environment = readEnvironment();
  const results: FileResult[] = [];
  const busy = describeBusy(environment);
  if (busy !== undefined)
    screen.write(`${wrap(busy, undefined, textColumns(columnsOf(screen))).join('\n')}\n`);
  const quiet = flags.has('quiet') ? { ...surroundings, screen: SILENT } : surroundings;
  const command = ['millrace bench', ...args.map(quotedWord)].join(' ');
  const file: BenchFile = { schema: SCHEMA, command, startedAt, environment, results };
  try {
    for (const planned of plan) {
      if (signal.aborted) break;
      const { scenario } = planned;
      if (plan.length > 1 && !flags.has('quiet')) {
        const title = `${paint('title', `${scenario.name}: `)}${scenario.summary}`;
        screen.write(`\n${wrap(title, undefined, textColumns(columnsOf(screen))).join('\n')}\n`);
      }
      const result = await measurePlanned(planned, quiet);
      const document = scenario.describe(result);
      if (document.blocks.length > 0)
        screen.write(`${renderDocument(document, paint, columnsOf(screen)).join('\n')}\n`);
      results.push(result);
    }
    return { file };
  } catch (error) {
    // Keep the results of the scenarios before it.
    return { file, error };
  }
}

async function write(file: BenchFile, targets: Targets, { screen }: Surroundings): Promise<void> {
  const { json, md, html } = targets;
  const sections = sectionsOf(file, SCENARIOS);
  if (json !== undefined) writeJson(json, file);
  if (md !== undefined) writeText(md, renderMarkdown(file, sections));
  if (html !== undefined) {
    // Loaded only when needed, because it brings a library along.
    const { renderPage } = await import('../report/html/page.js');
    writeText(html, renderPage(file, sections));
  }
  const written = [html, json, md].filter((path) => path !== undefined);
  if (written.length > 0) screen.write(`\n${wrap(`Written: ${written.join(', ')}`).join('\n')}\n`);
}

function print(text: string, { screen }: Surroundings): void {
  screen.write(text);
}
