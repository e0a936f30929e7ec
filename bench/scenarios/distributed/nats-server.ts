/**
 * Starts a NATS server for one measurement: on loopback, on a free port, with its files in a given folder.
 *
 * Invariant: the server ends with the process that started it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The server's program. */
export const PROGRAM: string = process.env['NATS_SERVER'] ?? 'nats-server';
const START_MS = 10_000;
const POLL_MS = 10;

/** Explains why no server can be started; undefined if one can. */
export function missingServer(): string | undefined {
  const folders = PROGRAM.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  if (folders.some((folder) => existsSync(join(folder, PROGRAM)))) return undefined;
  return `'${PROGRAM}' cannot be started: install nats-server 2.10.27 or newer, or set NATS_SERVER to its path.`;
}

/** Starts the server. @returns Its port. @throws Error if it does not start in time. */
export async function startNatsServer(folder: string): Promise<number> {
  const log = join(folder, 'log');
  const args = ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', '-1', '--ports_file_dir', folder];
  const server = spawn(PROGRAM, [...args, '-l', log], { stdio: 'ignore' });
  process.once('exit', () => server.kill('SIGKILL'));
  const untilMs = performance.now() + START_MS;
  while (performance.now() < untilMs && server.exitCode === null) {
    const port = portOf(server, folder);
    if (port !== undefined) return port;
    await pause(POLL_MS);
  }
  throw new Error(`${PROGRAM} did not start: ${readFileSync(log, 'utf8')}`);
}

/** Reads the port from the file that a server writes into a folder; undefined until it has. */
export function portOf({ pid }: ChildProcess, folder: string): number | undefined {
  try {
    const text = readFileSync(join(folder, `${basename(PROGRAM)}_${pid}.ports`), 'utf8');
    const { nats } = JSON.parse(text) as { nats: readonly string[] };
    return Number(new URL(nats[0] as string).port);
  } catch {
    return undefined;
  }
}
