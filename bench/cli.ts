#!/usr/bin/env node
/**
 * The `millrace` command: arguments in, exit code out.
 *
 * Invariants: every mistake in the arguments is said on stderr with what is valid, exit code 1;
 * Ctrl-C and SIGTERM let a command report what it has, a second one ends everything at once.
 */
import { bench } from './command.js';
import { UsageError } from './flags.js';
import { commandHelp } from './help.js';
import { packageVersion } from './installation.js';
import { didYouMean } from './nearest.js';
import { paintFor } from './terminal/paint.js';

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

async function command([name, ...rest]: readonly string[]): Promise<number> {
  switch (name) {
    case 'bench':
      return await interruptible(rest);
    case '--version':
      return print(`${packageVersion()}\n`);
    case '--help':
    case '-h':
      return print(commandHelp(packageVersion()));
    case undefined:
      throw new UsageError('Which command? There is: bench.');
    default:
      throw new UsageError(`Unknown command '${name}'.${didYouMean(name, ['bench'])}`);
  }
}

async function interruptible(args: readonly string[]): Promise<number> {
  const interruption = new AbortController();
  let exitCode = 0;
  const interrupt = (signal: NodeJS.Signals) => {
    if (interruption.signal.aborted) process.exit(EXIT_CODES[signal as keyof typeof EXIT_CODES]);
    exitCode = EXIT_CODES[signal as keyof typeof EXIT_CODES];
    interruption.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await bench(args, {
      screen: process.stdout,
      paint: paintFor(process.stdout, args.includes('--no-color'), process.env),
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
