/** Runs the built command, and finds the processes that it starts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { validateRun } from './run-schema.js';

const CLI = fileURLToPath(new URL('../../dist/bench/cli.js', import.meta.url));

/** Outcome of a command. */
export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command. */
export interface Command {
  readonly process: ChildProcess;
  readonly ended: Promise<CommandEnd>;
  /** Fulfills when the output contains a text; rejects when the command ends without it. */
  said(text: string): Promise<void>;
}

/** Starts `millrace` with arguments. */
export function millrace(...args: readonly string[]): Command {
  return millraceIn(process.cwd(), {}, ...args);
}

/** Starts `millrace` in another folder, with further environment variables. */
export function millraceIn(
  cwd: string,
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Command {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '', ...environment },
  });
  let stdout = '';
  let stderr = '';
  let check: () => void = () => {};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    check();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<CommandEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      check = () => {
        if (stdout.includes(text)) resolve();
      };
      check();
      void ended.then((end) => reject(new Error(`It never said '${text}': ${end.stderr}`)));
    });
  return { process: child, ended, said };
}

/** The first result in a file written by `--json`, which must match the published schema. */
export function readResult<Result>(file: string): Result {
  return readResults<Result>(file)[0] as Result;
}

/** All results in such a file. */
export function readResults<Result>(file: string): Result[] {
  const run = JSON.parse(readFileSync(file, 'utf8')) as { results: Result[] };
  const flaws = validateRun(run);
  if (flaws.length > 0) throw new Error(`'${file}' breaks the schema: ${flaws.join('; ')}.`);
  return run.results;
}

/** Ids of the living child processes of a process (Linux). */
export function childrenOf(pid: number | undefined): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => parentOf(each) === pid);
}

/** Ids of the processes whose environment contains a word, without zombies (Linux). */
export function processesOf(word: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(word);
    } catch {
      return false;
    }
  });
}

/** True if a process exists and is no zombie. */
export function isAlive(pid: number): boolean {
  return (statusOf(pid)?.state ?? 'Z') !== 'Z';
}

function parentOf(pid: number): number | undefined {
  return statusOf(pid)?.parent;
}

function statusOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return { state: fields[0] as string, parent: Number(fields[1]) };
  } catch {
    return undefined;
  }
}
