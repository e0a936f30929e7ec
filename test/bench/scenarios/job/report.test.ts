import { expect, test } from 'vitest';
import type { AdviceResult } from '../../../../bench/scenarios/job/advice/advice.js';
import { describeOwnJob } from '../../../../bench/scenarios/job/report.js';
import { jobFigures, type JobResult } from '../../../../bench/scenarios/job/result.js';
import { chooseSlots } from '../../../../bench/scenarios/job/advice/slots.js';
import type { Verification } from '../../../../bench/scenarios/job/advice/verification.js';
import { NO_ENDINGS } from '../../../../bench/load/endings.js';
import { renderMarkdownDocument } from '../../../../bench/report/markdown/document.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain, widthOf } from '../../../../bench/report/terminal/paint.js';
import { figure, inputs, loaded, MB, saturated, service, SETTINGS } from './figures.js';

const chosen = saturated(2, 180);
const held: Verification = {
  ratePerSecond: 120,
  seconds: 8.3,
  arrivals: 1000,
  endings: { served: 998, failed: 0, refused: 1, late: 1, cutOff: 0 },
  inTime: 996,
  confidence: 0.99,
  p50: 12,
  p99: 88,
  p999: 99,
  unservedShare: 0.002,
  sentShare: 1,
  latenessP99: 1.1,
  peakBytes: 90 * MB,
  isEnough: true,
  isP99Held: true,
  isMemoryHeld: true,
};
const advice: AdviceResult & { kind: 'advised' } = {
  kind: 'advised',
  wantedP99Ms: 100,
  settings: {
    threads: 2,
    concurrency: 1,
    backlog: { jobs: 20, bytes: 65_536 },
    timeouts: { queueMs: 80, runMs: 300 },
  },
  rules: [{ setting: 'threads', value: '2', why: 'Measured.' }],
  steadiness: { measurements: 12, min: 170, max: 190, spread: 0.04, isKnown: true, isSteady: true },
  ratePerSecond: 200,
  expectedPeakBytes: 100 * MB,
  verifications: [{ ...held, ratePerSecond: 200, p99: 140, isP99Held: false }, held],
  promisedPerSecond: 120,
  isVerified: true,
  snippet: 'const pool = new Pool();',
};
const result: JobResult = {
  scenario: 'job',
  startedAt: '2026-01-01T00:00:00.000Z',
  isInterrupted: false,
  settings: {
    job: { label: 'jobs.js#render', module: 'file:///jobs.js', path: '/jobs.js', name: 'render' },
    ...SETTINGS,
    advise: true,
  },
  inputs,
  service,
  saturation: [saturated(1, 100), chosen],
  chosen,
  comparisons: chooseSlots([saturated(1, 100), chosen])?.comparisons ?? [],
  overloadBacklog: 20,
  loads: [loaded(0.5, figure(30, 40, 50)), loaded(1.2, figure(80, 90, 99))],
  advice,
  jobFailures: { count: 0, examples: [] },
  failures: [],
};

function say(change: Partial<JobResult> = {}): string {
  const lines = renderDocument(describeOwnJob({ ...result, ...change }), plain);
  for (const line of lines) expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
  return lines.join('\n').replaceAll(/\s+/g, ' ');
}

/** The report's blocks, as their text or kind; checks that Markdown starts with the same text. */
function firstOf(change: Partial<JobResult>): string[] {
  const document = describeOwnJob({ ...result, ...change });
  const markdown = renderMarkdownDocument(document, '##').filter((line) => line !== '');
  const [first] = document.blocks;
  // The title is the first line, the answer the second.
  expect(markdown[1]?.replaceAll('\\', '')).toBe(first?.kind === 'text' ? first.text : undefined);
  return document.blocks.map((block) => (block.kind === 'text' ? block.text : block.kind));
}

test('the answer comes first, then the code, then why, then the tables', () => {
  const blocks = describeOwnJob(result).blocks;
  const [verdict, code, why, ...rest] = blocks;
  expect(verdict).toMatchObject({
    kind: 'text',
    text: expect.stringMatching(/^Verified: up to 120/),
  });
  expect(code).toEqual({ kind: 'code', text: 'const pool = new Pool();' });
  expect(why).toEqual({ kind: 'heading', text: 'Why' });
  const firstTable = rest.findIndex(({ kind }) => kind === 'table');
  const lastReason = rest.findLastIndex((block) => block.kind === 'text' && block.role === 'point');
  expect(lastReason).toBeGreaterThanOrEqual(0);
  expect(lastReason).toBeLessThan(firstTable);
});

const { advice: _advice, ...unadvised } = result;
const unsteady: AdviceResult = {
  kind: 'unsteady',
  wantedP99Ms: 100,
  steadiness: {
    measurements: 12,
    min: 190,
    max: 1021,
    spread: 1.4,
    isKnown: true,
    isSteady: false,
  },
};

test.each([
  ['an unsteady machine', { advice: unsteady }, 'No advice: this machine was not steady. The same'],
  ['an interruption', { isInterrupted: true }, 'The run was interrupted; the results cover its'],
] as const)('the first line of %s', (_, change, says) => {
  expect(firstOf(change)[0]).toContain(says);
});

test('without advice the first line is what the pool can do, and the next step', () => {
  const { settings } = unadvised;
  const document = describeOwnJob({ ...unadvised, settings: { ...settings, advise: false } });
  expect(document.blocks.slice(0, 2)).toEqual([
    { kind: 'text', text: 'Max throughput: 180/s (180/s to 180/s) with 2 threads.' },
    expect.objectContaining({
      text: expect.stringContaining('Next: --advise') as string,
    }) as object,
  ]);
});

test('on an unsteady machine it is said what to do, and nothing is advised', () => {
  const said = say({ advice: unsteady });
  expect(said).toContain('190/s to 1,021/s in 12 measurements');
  expect(said).toContain('What to do: stop other programs');
  expect(said).not.toContain('const pool');
});

test('all of it is said within 80 columns', () => {
  const said = say();
  expect(said).toContain('10 inputs, 10 KB in all');
  expect(said).toContain('it computes, so that more at once need more threads');
  expect(said).toContain('What follows is measured with 2 threads.');
  expect(said).toContain('2 threads 180 0.900');
  expect(said).not.toContain('fewer than 1,000');
  expect(said).not.toContain('speed changed');
});

test.each([
  [{ idleShare: 0.9, waitsMostly: true, cpuShare: 0.1 }, 'it mostly waits'],
  [{ cpuShare: 0.3 }, 'it holds its thread without computing'],
])('a job with %j is told by what it does', (change, says) => {
  expect(say({ service: { ...service, ...change } })).toContain(says);
});

test('a lowered promise is told with the first one', () => {
  const said = say();
  expect(said).toContain('Verified: up to 120/s with p99 ≤ 100 ms, with threads: 2');
  expect(said).toContain(
    '4 of 1,000 jobs were late or not served, so that 99 % are in time with 99.0 %',
  );
  expect(said).toContain('The first promise, 200/s, did not hold and was lowered.');
  expect(said).toContain('0 0.2 % 12.0 140 90 MB not held');
  expect(said).toContain('0 0.2 % 12.0 88.0 90 MB held');
  expect(said).toContain('The last run stayed within that: 90 MB.');
});

test('a promise that never held is none', () => {
  const failed = { ...held, isP99Held: false, isMemoryHeld: false };
  const said = say({ advice: { ...advice, isVerified: false, verifications: [failed, failed] } });
  expect(said).toContain('No rate can be promised for a p99 of 100 ms: it did not hold in 2 runs');
  expect(said).toContain('The last run had more: 90 MB.');
  expect(said).not.toContain('up to 120');
});

test('advice that nobody verified is told as such', () => {
  const said = say({ advice: { ...advice, isVerified: false, verifications: [] } });
  expect(said).toContain('Not verified: up to 120/s');
});

test('a run of too few arrivals verifies nothing', () => {
  const endings = { ...held.endings, served: 10, failed: 3 };
  const few = { ...held, arrivals: 15, endings, seconds: 300, isEnough: false, isP99Held: false };
  const said = say({ advice: { ...advice, isVerified: false, verifications: [few] } });
  expect(said).toContain('had 12 arrivals that did not fail in 300 s, and a p99 takes 299.');
  expect(said).not.toContain('No rate can be promised');
});

test('what can not be met is a result', () => {
  const impossible = { kind: 'impossible', wantedP99Ms: 5, reason: "It can't be met." } as const;
  expect(say({ advice: impossible })).toContain("No advice: It can't be met.");
});

test('failed jobs are shown with their messages and inputs', () => {
  const examples = [{ message: 'RangeError: no', input: 'a.md', count: 3 }];
  const said = say({ jobFailures: { count: 5, examples } });
  expect(said).toContain('5 jobs failed');
  expect(said).toContain('- RangeError: no (3 times, first with a.md)');
  expect(said).toContain('- 2 more with other messages.');
});

test('what limits the figures is told', () => {
  const warmUp = { isStable: false, ms: 10_000, jobs: 50 };
  const few = {
    ...loaded(0.5, figure(30)),
    endings: { ...NO_ENDINGS, served: 100 },
    sentShare: 0.9,
    saturationPerSecond: figure(60, 170),
  };
  const said = say({
    inputs: { ...inputs, hasMore: true },
    service: { ...service, warmUp },
    loads: [few],
  });
  expect(said).toContain('did not become stable (within 10 %) in 10.0 s, 50 jobs');
  expect(said).toContain('There were more; these are the first ones.');
  expect(said).toContain('At 50.0 % fewer than 1,000 jobs were served');
  expect(said).toContain('was 180/s at first and from 60.0/s to 170/s before');
  expect(said).toContain('as little as 90.0 % of the arrivals were made');
  // A p99 that varies does not mean that the machine is unsteady: only the throughput tells that.
  const noisy = say({ loads: [loaded(0.5, figure(30, 50))] });
  expect(noisy).toContain('Between rounds the p99 differs by up to 40.0 % of its median.');
  expect(noisy).not.toContain('not steady');
});

test('where every job failed only that is said', () => {
  const { advice: _, chosen: __, ...rest } = result;
  const none = { ...service, time: { ...service.time, count: 0 } };
  const document = describeOwnJob({ ...rest, service: none, saturation: [], loads: [] });
  expect(renderDocument(document, plain).join('\n')).toContain('No job succeeded.');
});

test('the figures have names that are the same in every run', () => {
  const names = jobFigures(result).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('jobs.js#render: service time, p99');
  expect(names).toContain('jobs.js#render: saturation, 2 threads');
  expect(names).toContain('jobs.js#render: 50.0 %, p99');
  expect(names).toContain('jobs.js#render: promised rate');
});
