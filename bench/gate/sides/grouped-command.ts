/**
 * Runs one command to its end, in a process group of its own.
 *
 * Invariants: the command begins after the janitor knows its group, and nothing of the group is left when the result,
 * the failure or the interruption is reported; a parent that dies in between leaves a shell that waits for a word, and
 * ends without it. The command has no input, and only the end of its output is kept.
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { settledWithin } from '../../process/time-limit.js';
import type { Janitor } from '../cleanup/janitor.js';
import { endGroup } from '../../process/process-group.js';

/** How a command ended. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stdout and stderr, in the order it came. */
  readonly output: string;
}

export interface GroupedOptions {
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly janitor: Pick<Janitor, 'endGroup'>;
  readonly signal: AbortSignal;
  /** An open file that the command gets as file descriptor 3. Default: none. */
  readonly file?: number;
}

/** Waits for a word, and then becomes the command. */
const WAITING_SHELL = 'read -r word && exec </dev/null 2>&1 && exec "$@"';
const OUTPUT_KEPT = 65_536;
/** Time limit for output that is held open by a process that has left the group. */
const OUTPUT_LIMIT_MS = 500;

/**
 * Runs a program with its arguments; the caller judges how it ended.
 *
 * @throws Error if it can't be started; the signal's reason if it was interrupted
 */
export async function runGrouped(
  command: readonly string[],
  { directory, environment, janitor, signal, file }: GroupedOptions,
): Promise<CommandEnd> {
  signal.throwIfAborted();
  const child = spawn('/bin/sh', ['-c', WAITING_SHELL, 'sh', ...command], {
    cwd: directory,
    env: environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore', ...(file === undefined ? [] : [file])],
  }) as ChildProcessByStdio<Writable, Readable, null>;
  const exited = exitOf(child);
  child.stdin.on('error', () => {});
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-OUTPUT_KEPT);
  });
  try {
    await once(child, 'spawn');
    const group = child.pid as number;
    const forget = await janitor.endGroup(group);
    const stop = (): void => void endGroup(group);
    signal.addEventListener('abort', stop);
    if (!signal.aborted) child.stdin.write('go\n');
    child.stdin.end();
    const end = await exited;
    signal.removeEventListener('abort', stop);
    // Ends what it has left running in the background.
    await endGroup(group);
    await forget();
    if (!child.stdout.closed) await settledWithin(OUTPUT_LIMIT_MS, once(child.stdout, 'close'));
    signal.throwIfAborted();
    return { ...end, output };
  } finally {
    child.stdin.destroy();
    child.stdout.destroy();
  }
}

function exitOf(child: ChildProcess): Promise<Pick<CommandEnd, 'code' | 'signal'>> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
