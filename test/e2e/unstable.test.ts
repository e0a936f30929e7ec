/** Checks that the report names measurements whose warm-up did not become stable; without a warm-up none does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FileResult } from '../../bench/report/bench-file.js';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-unstable-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  { name: 'overhead', options: '--jobs no-op --in-flight 1 --peers millrace', filter: 'millrace' },
  { name: 'payload', options: '--sizes 1KB', filter: 'millrace, 1KB cloned, 1 in flight' },
  { name: 'scaling', options: '--jobs 100us --max-threads 1', filter: '1 thread' },
])('$name without a warm-up says so', { timeout: 120_000 }, async ({ name, options, filter }) => {
  const file = join(folder, 'result.json');
  const windows = '--rounds 1 --window-ms 20 --warm-up-ms 0'.split(' ');
  const args = ['bench', name, ...options.split(' '), ...windows, '--filter', filter];
  const { code, stdout } = await millrace(...args, '--json', file).ended;
  expect(code).toBe(0);
  const { unstable } = readResult<FileResult>(file);
  expect(unstable).toHaveLength(1);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    `The warm-up was not stable before one measurement: ${unstable?.[0]}.`,
  );
});

test('tail without a warm-up says so', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const options = '--peers millrace --rounds 1 --seconds 0.1 --warm-up 0'.split(' ');
  const args = ['bench', 'tail', ...options, '--filter', 'saturation', '--json', file];
  const { code, stdout } = await millrace(...args).ended;
  expect(code).toBe(0);
  expect(readResult<FileResult>(file).unstable).toHaveLength(1);
  expect(stdout).toContain('The warm-up was not stable before one measurement: ');
});
