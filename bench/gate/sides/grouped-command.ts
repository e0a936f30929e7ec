/**
 * Runs one command in a process group of its own, to its end.
 *
 * Invariants: the command begins after the janitor knows its group, and nothing of the group is left
 * when the answer, the failure or the interruption is told; a parent that dies in between leaves a
 * shell that waits for a word, and ends without it. It reads nothing and of its output the end is kept.
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
  /** An open file, which the command has as its file descriptor 3. Default: none. */
  readonly file?: number;
}

/** Waits for a word, and becomes the command where it comes. */
const WAITING_SHELL = 'read -r word && exec </dev/null 2>&1 && exec "$@"';
const OUTPUT_KEPT = 65_536;
/** For output that a process holds open that has left the group. */
const OUTPUT_LIMIT_MS = 500;

/**
 * Runs a program with its arguments; how it ended is the caller's to judge.
 *
 * @throws Error where it can't be started; the signal's reason where it was interrupted
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
    // What it has left running in the background.
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
