/** Runs a program of `fixtures/programs/` to its end, in a separate process. */
import { spawn } from 'node:child_process';
import { fixturePath } from './guard.js';

export interface ProgramEnd {
  /** The exit code, or null if a signal ended it: a program that hangs is killed. */
  readonly code: number | null;
  /** Its standard output, line by line. */
  readonly lines: readonly string[];
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  /** Time after which a program counts as hanging and is killed. */
  readonly hangsAfterMs?: number;
}

export async function runProgram(name: string, options: ProgramOptions = {}): Promise<ProgramEnd> {
  const { args = [], execArgv = [], hangsAfterMs = 60_000 } = options;
  const child = spawn(process.execPath, [...execArgv, fixturePath(`programs/${name}`), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: hangsAfterMs,
    killSignal: 'SIGKILL',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, lines: stdout.split('\n').filter((line) => line !== ''), stderr };
}
