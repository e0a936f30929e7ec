import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { jobSettings } from '../../../../bench/scenarios/job/settings.js';

const path = fileURLToPath(new URL('../../../fixtures/own-job/jobs.js', import.meta.url));
const folder = dirname(path);

function settings(given: Readonly<Record<string, string | true>>) {
  return jobSettings(new Map(Object.entries(given)), folder);
}

test('without options everything has its default', () => {
  expect(settings({ module: './jobs.js#short' })).toEqual({
    job: expect.objectContaining({ path, name: 'short' }) as object,
    input: { kind: 'none' },
    advise: false,
    threads: availableParallelism(),
    concurrency: 64,
    seconds: 3,
    rounds: 3,
    seed: 1,
  });
});

test('every option is taken', () => {
  const given = {
    module: './jobs.js',
    input: 'texts/a.md',
    'input-as': 'bytes',
    advise: true,
    p99: '12.5',
    threads: '3',
    concurrency: '8',
    seconds: '0.5',
    rounds: '2',
    seed: '7',
  } as const;
  expect(settings(given)).toEqual({
    job: expect.objectContaining({ name: 'default' }) as object,
    input: {
      kind: 'files',
      files: [{ path: join(folder, 'texts/a.md'), name: join('texts', 'a.md'), form: 'bytes' }],
    },
    advise: true,
    p99Ms: 12.5,
    threads: 3,
    concurrency: 8,
    seconds: 0.5,
    rounds: 2,
    seed: 7,
  });
});

test.each([
  [
    {},
    "Which job? Scenario 'job' needs a module and an export: millrace bench './jobs.js#render'.",
  ],
  [{ module: './jobs.js', p99: '5' }, "Option '--p99' needs '--advise', which is missing."],
  [
    { module: './jobs.js', advise: true, p99: '0' },
    "Option '--p99' is '0'; valid is a number from 0.001 to 3600000.",
  ],
  [
    { module: './jobs.js', threads: '0' },
    "Option '--threads' is '0'; valid is a whole number from 1 to 256.",
  ],
  [
    { module: './jobs.js', seconds: 'x' },
    "Option '--seconds' is 'x'; valid is a number from 0.1 to 3600.",
  ],
] as const)('%j is refused', (given, says) => {
  expect(() => settings(given)).toThrow(new UsageError(says));
});
