#!/usr/bin/env node
/**
 * The `millrace` command: arguments in, exit code out. What it does is in the scenarios.
 *
 * Invariants: every mistake in the arguments is said on stderr with what is valid, exit code 1, and
 * nothing has been started; Ctrl-C and SIGTERM let a scenario report what it has, a second one ends
 * everything at once.
 */
import { type Flags, type FlagTable, parseFlags, UsageError } from './flags.js';
import { benchHelp, commandHelp } from './help.js';
import { packageVersion } from './installation.js';
import { didYouMean } from './nearest.js';
import type { Scenario } from './scenario.js';
import { SCENARIOS } from './scenarios/index.js';
import { paintFor } from './terminal/paint.js';

const COMMON_FLAGS: FlagTable = { help: 'switch', version: 'switch', 'no-color': 'switch' };
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  // A reader that has seen enough, such as `head`, is no error of ours.
  process.stdout.on('error', () => process.exit(1));
  try {
    return await command(args);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`millrace: ${message}\n`);
    if (error instanceof UsageError)
      process.stderr.write("'millrace --help' shows what is valid.\n");
    return 1;
  }
}

async function command(args: readonly string[]): Promise<number> {
  const everyFlag = Object.assign({}, COMMON_FLAGS, ...SCENARIOS.map(({ flags }) => flags));
  const { words, flags } = parseFlags(args, everyFlag as FlagTable);
  const [name, ...operands] = words;
  if (flags.has('version')) return print(`${packageVersion()}\n`);
  if (flags.has('help') && name === undefined) return print(commandHelp(packageVersion()));
  if (name === undefined) throw new UsageError('Which command? There is: bench.');
  if (name !== 'bench') {
    throw new UsageError(`Unknown command '${name}'.${didYouMean(name, ['bench'])}`);
  }
  if (flags.has('help')) return print(benchHelp(SCENARIOS));
  const scenario = findScenario(operands);
  return await run(scenario, parseFlags(args, { ...COMMON_FLAGS, ...scenario.flags }).flags);
}

function findScenario([name, ...rest]: readonly string[]): Scenario {
  const names = SCENARIOS.map((scenario) => scenario.name);
  if (name === undefined) throw new UsageError(`Which scenario? There is: ${names.join(', ')}.`);
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined) {
    throw new UsageError(
      `Unknown scenario '${name}'; there is: ${names.join(', ')}.${didYouMean(name, names)}`,
    );
  }
  if (rest.length > 0) throw new UsageError(`Unexpected argument '${rest[0]}'.`);
  return found;
}

async function run(scenario: Scenario, flags: Flags): Promise<number> {
  const interruption = new AbortController();
  let exitCode = 0;
  const interrupt = (signal: NodeJS.Signals) => {
    if (interruption.signal.aborted) process.exit(EXIT_CODES[signal as keyof typeof EXIT_CODES]);
    exitCode = EXIT_CODES[signal as keyof typeof EXIT_CODES];
    interruption.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await scenario.run(flags, {
      screen: process.stdout,
      paint: paintFor(process.stdout, flags.has('no-color'), process.env),
      signal: interruption.signal,
    });
    return exitCode;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
