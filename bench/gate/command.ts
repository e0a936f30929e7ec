/**
 * Runs `millrace gate`: reads its arguments, runs a gate, and reports the result to all requested outputs.
 *
 * Invariants: the janitor removes everything that a gate creates before the command ends; files are written whole or
 * not at all; the exit code is 0 for PASS, 1 if something could not be measured, 2 for FAIL, 3 for INCONCLUSIVE with
 * `--strict` (0 without).
 */
import { type Flags, parseFlags, UsageError } from '../options/flags.js';
import { SCREEN_OPTIONS } from '../options/screen.js';
import { renderGateMarkdown } from './report/markdown.js';
import { quotedWord } from '../options/quoted.js';
import type { Surroundings } from '../harness/scenario.js';
import { renderDocument } from '../report/terminal/document.js';
import { columnsOf, SILENT } from '../report/terminal/screen.js';
import { wrap } from '../report/terminal/wrap.js';
import { writeAtomically } from './cleanup/atomic-file.js';
import { CALIBRATE_OPTIONS, calibrateCommand } from './calibrate-command.js';
import { describeGate } from './report/describe.js';
import { runGate, type SideReports } from './gate.js';
import type { GateSurroundings } from './model/surroundings.js';
import { writeToGithub } from './report/github.js';
import { calibrateHelp, gateHelp } from './help.js';
import { Janitor } from './cleanup/janitor.js';
import { renderJunit } from './report/junit.js';
import type { GateReport } from './model/report.js';
import { GATE_OPTIONS } from './options.js';
import { type GateSettings, gateSettings, type Targets } from './settings.js';

/** Runs `millrace gate …`. @returns The exit code. @throws UsageError @throws Error */
export async function gate(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { screen } = surroundings;
  const isCalibration = args[0] === 'calibrate';
  const rest = isCalibration ? args.slice(1) : args;
  const { words, flags } = parseFlags(
    rest,
    isCalibration ? { ...SCREEN_OPTIONS, ...CALIBRATE_OPTIONS } : GATE_OPTIONS,
  );
  if (flags.has('help')) {
    screen.write(isCalibration ? calibrateHelp() : gateHelp());
    return 0;
  }
  const directory = process.cwd();
  if (isCalibration) {
    if (words[0] !== undefined) {
      throw new UsageError(`'calibrate' takes no names, but '${words[0]}' was given.`);
    }
    const command = ['millrace gate', ...args.map(quotedWord)].join(' ');
    await withJanitor((janitor) =>
      calibrateCommand(flags, command, { ...surroundings, janitor, directory }),
    );
    return 0;
  }
  const settings = await gateSettings(words, flags, directory);
  return await withJanitor((janitor) =>
    judgeAndTell(settings, words, flags, { ...surroundings, janitor, directory }),
  );
}

async function judgeAndTell(
  settings: GateSettings,
  words: readonly string[],
  flags: Flags,
  surroundings: GateSurroundings,
): Promise<number> {
  const { screen, paint } = surroundings;
  const quiet = flags.has('quiet') ? { ...surroundings, screen: SILENT } : surroundings;
  const commandFor = (sides: SideReports): string => repeat(words, flags, settings, sides);
  const report = await runGate(settings, commandFor, quiet);
  screen.write(`${renderDocument(describeGate(report), paint, columnsOf(screen)).join('\n')}\n`);
  await write(report, settings.files, surroundings);
  writeToGithub(report, process.env, screen);
  return report.exitCode;
}

async function withJanitor<Result>(work: (janitor: Janitor) => Promise<Result>): Promise<Result> {
  const janitor = Janitor.start();
  try {
    return await work(janitor);
  } finally {
    await janitor.close();
  }
}

async function write(
  report: GateReport,
  { json, md, html, junit }: Targets,
  { janitor, screen }: GateSurroundings,
): Promise<void> {
  const put = (path: string, text: string): Promise<void> => writeAtomically(janitor, path, text);
  if (json !== undefined) await put(json, `${JSON.stringify(report, undefined, 2)}\n`);
  if (md !== undefined) await put(md, renderGateMarkdown(report));
  if (junit !== undefined) await put(junit, renderJunit(report));
  if (html !== undefined) {
    // Loaded only if needed, as it brings a library along.
    const { renderGatePage } = await import('./report/page.js');
    await put(html, renderGatePage(report));
  }
  const written = [html, json, md, junit].filter((path) => path !== undefined);
  if (written.length > 0) screen.write(`\n${wrap(`Written: ${written.join(', ')}`).join('\n')}\n`);
}

/** The command line that repeats a run: with the same commits and the same seed, even if the refs have moved. */
function repeat(
  words: readonly string[],
  flags: Flags,
  { seed, baseline, isAA }: GateSettings,
  { base, head }: SideReports,
): string {
  const exact = new Map(flags).set('seed', String(seed));
  if (baseline === undefined && base?.commit && head?.commit) {
    exact.set('head', head.commit);
    if (!isAA) exact.set('base', base.commit);
  }
  const options = [...exact].flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, quotedWord(value)],
  );
  return ['millrace gate', ...words.map(quotedWord), ...options].join(' ');
}
