/**
 * Runs benchmarks of a Vitest bench file, once, with the Vitest that a side has installed.
 *
 * Invariants: the run is a process group that the janitor knows before it begins, and of which nothing is left when it
 * ends; it leaves no file, as its report goes to an unlinked one; a run that fails, or does not end in time, is an
 * error with the reason.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oneLine } from '../../options/one-line.js';
import type { BenchmarkId } from '../model/workload.js';
import { type CommandEnd, runGrouped } from '../sides/grouped-command.js';
import type { Watching } from './conversation.js';
import { firstError } from './first-error.js';
import { type BenchmarkResult, patternFor, readVitestReport } from './vitest-report.js';

export interface VitestRun {
  /** Name of the side in messages. */
  readonly side: 'base' | 'head';
  /** The working directory, whose configuration Vitest reads. */
  readonly directory: string;
  /** Path of the Vitest CLI. */
  readonly program: string;
  readonly file: string;
  /** Default: all of the file. */
  readonly benchmarks?: readonly BenchmarkId[];
}

/** Path under which the process group finds the open report file. */
const REPORT = '/dev/fd/3';
const LAST_LINES = 5;

/**
 * Carries out a run.
 *
 * @param limitMs - Time limit of the run.
 * @throws Error if it fails or takes longer; the signal's reason if it was interrupted
 */
export async function runVitest(
  run: VitestRun,
  limitMs: number,
  watching: Watching,
): Promise<readonly BenchmarkResult[]> {
  const { side, directory, file } = run;
  const report = openUnnamed();
  try {
    const end = await runLimited(run, report, limitMs, watching);
    if (end.code !== 0) throw new Error(`Vitest failed on ${side}: ${reasonOf(end, directory)}`);
    return readVitestReport(readWhole(report), file);
  } finally {
    closeSync(report);
  }
}

async function runLimited(
  { side, directory, program, file, benchmarks }: VitestRun,
  report: number,
  limitMs: number,
  { signal, watch }: Watching,
): Promise<CommandEnd> {
  const late = new AbortController();
  const limit = setTimeout(() => late.abort(), limitMs);
  const command = [
    process.execPath,
    program,
    'bench',
    '--run',
    '--no-file-parallelism',
    // Overrides the reporters of the configuration: this one writes the report.
    '--reporter=default',
    `--outputJson=${REPORT}`,
    ...(benchmarks === undefined ? [] : ['--testNamePattern', patternFor(benchmarks)]),
    file,
  ];
  try {
    return await runGrouped(command, {
      directory,
      environment: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
      janitor: { endGroup: watch },
      signal: AbortSignal.any([signal, late.signal]),
      file: report,
    });
  } catch (error) {
    if (!late.signal.aborted || signal.aborted) throw error;
    throw new Error(
      `Vitest did not end on ${side} within ${limitMs / 1000} s: a benchmark never ends, or the file has too ` +
        'many for that time. Split the file, or give its benchmarks less time.',
      { cause: error },
    );
  } finally {
    clearTimeout(limit);
  }
}

/** The reason why Vitest failed, on one line. */
function reasonOf({ code, signal, output }: CommandEnd, directory: string): string {
  const how = signal ?? `exit code ${code}`;
  if (output.includes('No benchmark files found')) {
    const include = /^include: (.*)$/m.exec(output)?.[1] ?? 'unknown';
    return `it does not recognize the file as a bench file; 'benchmark.include' of its configuration is ${include} (${how}).`;
  }
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const error = firstError(output, directory) ?? oneLine(lines.slice(-LAST_LINES).join('\n'));
  return `${error === '' ? 'it wrote nothing' : error} (${how}).`;
}

/** Opens an empty file for reading and writing that is gone when it is closed. */
function openUnnamed(): number {
  const path = join(tmpdir(), `millrace-gate-${randomBytes(6).toString('hex')}.json`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}

/** Reads from the beginning, regardless of the current position. */
function readWhole(file: number): string {
  const bytes = Buffer.alloc(fstatSync(file).size);
  readSync(file, bytes, 0, bytes.length, 0);
  return bytes.toString();
}
