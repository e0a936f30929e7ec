/** The user's own job through the built command: short runs, judged by their form and not by their speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JobResult } from '../../bench/scenarios/job/result.js';
import { IS_FULL } from '../helpers/extent.js';
import { childrenOf, millrace, readResult } from '../helpers/processes.js';

const fixtures = fileURLToPath(new URL('../fixtures/own-job', import.meta.url));
const jobs = join(fixtures, 'jobs.js');

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-job-'));
  file = join(folder, 'result.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is told of `picky`, which fails for two of its inputs. */
function verifyPicky({ jobFailures }: JobResult, stdout: string): void {
  expect(jobFailures.examples).toEqual([
    {
      message: 'RangeError: Divisible by four',
      input: expect.stringMatching(/rows\.ndjson:[48]$/) as string,
      count: jobFailures.count,
    },
  ]);
  expect(stdout).toContain('- RangeError: Divisible by four (');
}

const SHORT = '--rounds 1 --seconds 0.2 --threads 2'.split(' ');

test(
  'a short job with files as inputs, and advice that was verified',
  { timeout: 120_000 },
  async () => {
    const input = join(fixtures, 'texts/*.md');
    const args = [
      'bench',
      `${jobs}#short`,
      '--input',
      input,
      '--advise',
      '--p99',
      '5000',
      ...SHORT,
    ];
    const { code, stdout, stderr } = await millrace(...args, '--json', file).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const line of stdout.split('\n')) {
      if (!line.startsWith('const pool')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
    }

    const result = readResult<JobResult>(file);
    const { service, saturation, chosen, loads, advice } = result;
    expect(result).toMatchObject({
      scenario: 'job',
      isInterrupted: false,
      failures: [],
      inputs: { count: 3, hasMore: false },
      jobFailures: { count: 0, examples: [] },
    });
    expect(service?.time.count).toBeGreaterThan(0);
    expect(
      saturation.map(({ threads, concurrency }) => [threads, concurrency]).slice(0, 2),
    ).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(loads.map(({ load }) => load)).toEqual([0.5, 0.8, 0.95, 1.2]);
    for (const { p50, p99, p999, count, ratePerSecond } of loads) {
      const rising = [0, p50.median, p99.median, p999.median];
      expect(rising).toEqual(rising.toSorted((a, b) => a - b));
      expect(count).toBeGreaterThan(0);
      expect(ratePerSecond.median).toBeGreaterThan(0);
    }
    if (advice?.kind !== 'advised') throw new Error('There is no advice.');
    expect(advice.settings).toMatchObject({
      threads: chosen?.threads,
      concurrency: chosen?.concurrency,
    });
    expect(advice.verifications.length).toBeGreaterThanOrEqual(1);
    expect(advice.verifications[0]?.ratePerSecond).toBe(advice.ratePerSecond);
    expect(stdout).toContain(advice.snippet);
    expect(stdout).toContain(`backlog.jobs = `);
  },
);

test(
  'a job that waits is tried with several at once; a wish for less than it takes is answered, not refused',
  { timeout: 120_000 },
  async () => {
    const args = [
      'bench',
      `${jobs}#wait`,
      ...SHORT,
      '--concurrency',
      '4',
      '--advise',
      '--p99',
      '5',
    ];
    const { code, stdout, stderr } = await millrace(...args, '--json', file).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain("A p99 of 5.00 ms can't be met: the job alone takes");
    const { service, saturation } = readResult<JobResult>(file);
    expect(service).toMatchObject({ waitsMostly: true });
    expect(service?.time.p50).toBeGreaterThanOrEqual(19);
    expect(saturation.map(({ threads, concurrency }) => [threads, concurrency])).toEqual([
      [1, 1],
      [2, 1],
      [1, 4],
      [2, 4],
    ]);
  },
);

test.runIf(IS_FULL)(
  'jobs that throw on some inputs are counted in a whole run, and shown with the inputs',
  { timeout: 120_000 },
  async () => {
    const input = join(fixtures, 'rows.ndjson');
    const args = ['bench', `${jobs}#picky`, '--input', input, ...SHORT, '--json', file];
    const { code, stdout } = await millrace(...args).ended;
    expect(code).toBe(0);
    verifyPicky(readResult(file), stdout);
  },
);

test('a job that always throws is a result, too', { timeout: 120_000 }, async () => {
  const { code, stdout } = await millrace('bench', `${jobs}#broken`, ...SHORT, '--advise').ended;
  expect(code).toBe(0);
  expect(stdout).toContain('No job succeeded.');
  expect(stdout).toContain('- TypeError: Never works (');
  expect(stdout).not.toContain('Advice');
});

test(
  'Ctrl-C ends the processes, and what was measured is shown and written, inputs that fail too',
  { timeout: 120_000 },
  async () => {
    const options = ['--input', join(fixtures, 'rows.ndjson'), '--rounds', '50', '--json', file];
    const command = millrace('bench', `${jobs}#picky`, ...options);
    await command.said('Saturation');
    command.process.kill('SIGINT');
    const { code, stdout } = await command.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('The job by itself');
    expect(stdout).toContain('The run was interrupted');
    const result = readResult<JobResult>(file);
    expect(result).toMatchObject({ isInterrupted: true, loads: [] });
    verifyPicky(result, stdout);
    expect(childrenOf(command.process.pid)).toEqual([]);
  },
);

describe('what is wrong is said before anything is measured', () => {
  const exported = 'it exports broken, default, long, picky, short, wait';
  test.each([
    {
      args: [`${jobs}#shrt`],
      says: `The module 'jobs.js' has no function 'shrt': ${exported}. Did you mean 'short'?`,
    },
    {
      args: ['overload', `${jobs}#notAFunction`],
      says: `The module 'jobs.js' has no function 'notAFunction': ${exported}.`,
    },
    {
      args: [`${jobs}#short`, '--input', join(fixtures, 'inputs-broken.ndjson')],
      says: `Option '--input': line 3 of 'test/fixtures/own-job/inputs-broken.ndjson' is no JSON: `,
    },
    {
      args: [`${fixtures}/throws.mjs#job`],
      says: 'could not be loaded: Thrown while it is loaded.',
    },
    {
      args: [`${jobs}#short`, `${jobs}#long`],
      says: `Two jobs are named, '${jobs}#short' and '${jobs}#long'; valid is one. A pattern of files needs quotes`,
    },
    {
      args: [`${jobs}#short`, '--module', jobs],
      says: `Option '--module' is given beside the job '${jobs}#short'; valid is one of both.`,
    },
    {
      args: [`${jobs}#short`, '--input', 'package.json', 'README.md'],
      says: "A pattern of files needs quotes: --input 'docs/*.md'.",
    },
    { args: ['job'], says: "Which job? Scenario 'job' needs a module and an export" },
  ])('$args', async ({ args, says }) => {
    const { code, stdout, stderr } = await millrace('bench', ...args).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).toContain("'millrace --help' shows what is valid.");
  });
});
