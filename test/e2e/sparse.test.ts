/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SparseResult } from '../../bench/scenarios/sparse/result.js';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-sparse-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('both patterns, one round', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const options = '--rounds 1 --jobs 3 --bursts 1';
  const args = ['bench', 'sparse', ...options.split(' '), '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);

  const result = readResult<SparseResult>(file);
  expect(result).toMatchObject({ scenario: 'sparse', isInterrupted: false, failures: [] });
  expect(result.patterns.map(({ pattern }) => pattern)).toEqual(['single', 'burst']);
  for (const { arms } of result.patterns) {
    expect(arms.map(({ arm }) => arm)).toEqual(['millrace', 'piscina', 'postMessage']);
    for (const { figures } of arms) {
      for (const { ms } of figures) expect(ms.median).toBeGreaterThan(0);
    }
  }
  const [, burst] = result.patterns;
  for (const { figures } of burst?.arms ?? []) {
    const [p50, p99, done] = figures.map(({ ms }) => ms.median) as [number, number, number];
    expect(p50).toBeLessThanOrEqual(p99);
    // `done` is the last job of the only burst; two histograms may round it differently.
    expect(done).toBeGreaterThanOrEqual(p99 * 0.99);
  }
});

test('an interruption reports what there is', { timeout: 120_000 }, async () => {
  const command = millrace('bench', 'sparse', '--patterns', 'single', '--jobs', '10000');
  await command.said('Round 1 of 5');
  command.process.kill('SIGINT');
  const { code, stdout, stderr } = await command.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  expect(stdout).toContain('The run was interrupted');
});
