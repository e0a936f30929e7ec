#!/usr/bin/env node
/**
 * Runs the `millrace` command: arguments in, exit code out.
 *
 * Invariants: every mistake in the arguments is reported on stderr with the valid values, exit code 1; on the first
 * Ctrl-C or SIGTERM a command still reports what it has, the second one ends the process at once.
 */
import { UsageError } from './options/flags.js';
import { packageVersion } from './process/installation.js';
import { didYouMean } from './options/nearest.js';
import type { Surroundings } from './harness/scenario.js';
import { paintFor } from './report/terminal/paint.js';
import { screenOf } from './report/terminal/screen.js';

const COMMANDS = ['bench', 'gate'];
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  // A reader that closes the pipe early, such as `head`, is not our error.
  process.stdout.on('error', () => process.exit(1));
  try {
    return await command(args);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`millrace: ${message}\n`);
    if (error instanceof UsageError) {
      const name = COMMANDS.find((each) => each === args[0]);
      process.stderr.write(`See 'millrace ${name === undefined ? '' : `${name} `}--help'.\n`);
    }
    return 1;
  }
}

async function command([name, ...rest]: readonly string[]): Promise<number> {
  switch (name) {
    // Load each command only when needed: loading takes longer than rejecting wrong arguments.
    case 'bench': {
      const { bench } = await import('./cli/bench.js');
      return await interruptible(rest, async (surroundings) => {
        await bench(rest, surroundings);
        return 0;
      });
    }
    case 'gate': {
      const { gate } = await import('./gate/command.js');
      return await interruptible(rest, (surroundings) => gate(rest, surroundings));
    }
    case '--version':
      return print(`${packageVersion()}\n`);
    case '--help':
    case '-h': {
      const { commandHelp } = await import('./cli/help.js');
      return print(commandHelp(packageVersion()));
    }
    case undefined:
      throw new UsageError(`No command is named; valid is one of ${COMMANDS.join(', ')}.`);
    default:
      throw new UsageError(`Unknown command '${name}'.${didYouMean(name, COMMANDS)}`);
  }
}

/** Returns the command's own exit code, or that of the signal that interrupted it. */
async function interruptible(
  args: readonly string[],
  run: (surroundings: Surroundings) => Promise<number>,
): Promise<number> {
  const interruption = new AbortController();
  let interrupted: number | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    const code = EXIT_CODES[signal as keyof typeof EXIT_CODES];
    if (interruption.signal.aborted) process.exit(code);
    interrupted = code;
    interruption.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const code = await run({
      screen: screenOf(process.stdout, process.env),
      paint: paintFor(process.stdout, args.includes('--no-color'), process.env),
      signal: interruption.signal,
    });
    return interrupted ?? code;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
