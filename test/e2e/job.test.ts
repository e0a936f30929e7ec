/** Runs a user's job briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_ENDINGS } from '../../bench/load/endings.js';
import { steadinessOf } from '../../bench/scenarios/job/advice/steadiness.js';
import { WANTED_ARRIVALS } from '../../bench/scenarios/job/advice/verification.js';
import type { JobResult } from '../../bench/scenarios/job/result.js';
import { IS_ALL } from '../helpers/extent.js';
import { childrenOf, millrace, millraceIn, readResult } from '../helpers/processes.js';

const fixtures = fileURLToPath(new URL('../fixtures/own-job', import.meta.url));
const jobs = join(fixtures, 'jobs.js');

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-job-'));
  file = join(folder, 'result.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Checks the report on `picky`, which fails for two of its inputs. */
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

/** The paragraphs below the title of the report. */
function answerOf(stdout: string): string[] {
  const report = stdout.slice(stdout.indexOf('\nYour job: '));
  const paragraphs = report.trim().split(/\n\n/);
  // The title belongs to the first paragraph.
  return paragraphs.map((each) => each.replaceAll(/\s+/g, ' ')).slice(1);
}

const SHORT = '--rounds 1 --seconds 0.2 --threads 2'.split(' ');

test(
  'a job with files as inputs: the first line is advice that was verified, and how sure it is',
  // An unsteady machine gets no advice.
  { timeout: 120_000 },
  async () => {
    const input = join(fixtures, 'texts/*.md');
    const args = [
      'bench',
      `${jobs}#steady`,
      '--input',
      input,
      '--advise',
      '--p99',
      '5000',
      // Long enough for the job to make up for the time that its threads are held up.
      ...'--rounds 1 --seconds 0.5 --threads 2'.split(' '),
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
    for (const { p50, p99, p999, endings, ratePerSecond } of loads) {
      const rising = [0, p50.median, p99.median, p999.median];
      expect(rising).toEqual(rising.toSorted((a, b) => a - b));
      expect(endings.served).toBeGreaterThan(0);
      expect({ ...endings, served: 0, refused: 0 }).toEqual(NO_ENDINGS);
      expect(ratePerSecond.median).toBeGreaterThan(0);
    }
    if (chosen === null || chosen === undefined) throw new Error('No setting was chosen.');
    if (!steadinessOf(chosen, loads).isSteady) {
      // The machine held up the process at the ends of several measurements: then there must be no advice.
      expect(advice?.kind).toBe('unsteady');
      expect(answerOf(stdout)[0]).toMatch(/^No advice: this machine was not steady\. /);
      return;
    }
    if (advice?.kind !== 'advised') throw new Error(answerOf(stdout).join('\n'));
    expect(advice.settings).toMatchObject({
      threads: chosen.threads,
      concurrency: chosen.concurrency,
    });
    expect(advice.verifications.length).toBeGreaterThanOrEqual(1);
    const [first] = advice.verifications;
    expect(first?.ratePerSecond).toBe(advice.ratePerSecond);
    // The verification went on until it had enough arrivals; there are far fewer in 0.5 s.
    expect(first?.arrivals).toBeGreaterThanOrEqual(WANTED_ARRIVALS);
    expect(first?.seconds).toBeGreaterThan(0.5);
    expect(stdout).toContain(advice.snippet);
    const [answer = ''] = answerOf(stdout);
    expect(answer).toMatch(/^(?:Verified|No rate can be promised)/);
    if (advice.isVerified) expect(answer).toContain('confidence');
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
    expect(answerOf(stdout)[0]).toMatch(
      /^No advice: (?:A p99 of 5\.00 ms can't be met: the job alone takes|this machine was not steady)/,
    );
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

test.runIf(IS_ALL)(
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

test('a job that fails on all of its inputs is a result, too', { timeout: 120_000 }, async () => {
  const input = ['--input', join(fixtures, 'rows.ndjson')];
  const { code, stdout } = await millrace('bench', `${jobs}#broken`, ...input, ...SHORT, '--advise')
    .ended;
  expect(code).toBe(0);
  expect(answerOf(stdout)[0]).toMatch(/^No job succeeded: [\d,]+ × TypeError: Never works/);
  expect(stdout).not.toContain('advice');
});

test(
  'a job that lacks its input is given up after a few calls, with a hint',
  { timeout: 120_000 },
  async () => {
    const args = ['bench', `${jobs}#picky`, '--seconds', '600', '--json', file];
    const { code, stdout, stderr } = await millrace(...args).ended;
    expect(code).toBe(1);
    const { failures, jobFailures } = readResult<JobResult>(file);
    expect(failures).toEqual([
      expect.stringMatching(
        /^All of the first 5 calls of jobs\.js#picky failed, which were made without an input \(TypeError: Cannot destructure .*\)\. Give the job its inputs: --input /,
      ),
    ]);
    expect(stderr).toContain(failures[0]);
    expect(answerOf(stdout)[0]).toBe(`Failed: ${failures[0]}`);
    expect(jobFailures.count).toBe(5);
  },
);

test(
  'a machine that is not steady gets no advice: the first lines say so, and what to do',
  { timeout: 120_000 },
  async () => {
    const md = join(folder, 'report.md');
    const environment = { MILLRACE_TEST_TURNS: join(folder, 'turns') };
    const options = '--rounds 1 --seconds 0.1 --threads 1 --advise'.split(' ');
    const args = ['bench', `${fixtures}/unsteady.js#byProcess`, ...options, '--json', file];
    const command = millraceIn(process.cwd(), environment, ...args, '--md', md);
    const { code, stdout, stderr } = await command.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [first = '', then = ''] = answerOf(stdout);
    expect(first).toMatch(/^No advice: this machine was not steady\. The same setting had /);
    expect(then).toMatch(/^What to do: /);
    expect(stdout).not.toContain('const pool');
    expect(readResult<JobResult>(file).advice).toMatchObject({
      kind: 'unsteady',
      steadiness: { measurements: 4, isSteady: false },
    });
    const [, title, answer] = readFileSync(md, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(title).toMatch(/^## Your job: /);
    expect(answer).toMatch(/^No advice: this machine was not steady\./);
  },
);

test(
  'Ctrl-C ends the processes, and what was measured is shown and written, inputs that fail too',
  { timeout: 120_000 },
  async () => {
    const options = ['--input', join(fixtures, 'rows.ndjson'), '--rounds', '50', '--json', file];
    const command = millrace('bench', `${jobs}#picky`, ...options);
    await command.said('Max throughput');
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
  const exported = 'it exports broken, default, fails4of5, long, picky, short, steady, wait';
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
      says: `Option '--input': line 3 of 'test/fixtures/own-job/inputs-broken.ndjson' is not JSON: `,
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
      says: `Option '--module' is given beside the job '${jobs}#short'; valid is one of the two.`,
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
    expect(stderr).toContain("See 'millrace bench --help'.");
  });
});
