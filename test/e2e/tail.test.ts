/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TailResult } from '../../bench/scenarios/tail/result.js';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-tail-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('two pools, one round', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const options = '--peers millrace,piscina --rounds 1 --seconds 0.3 --warm-up 0.1';
  const args = ['bench', 'tail', ...options.split(' '), '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
  expect(stdout).toContain('50.0 % of what piscina does at saturation');

  const result = readResult<TailResult>(file);
  expect(result).toMatchObject({
    scenario: 'tail',
    isInterrupted: false,
    failures: [],
    missing: [],
    reference: 'piscina',
  });
  expect(result.saturation.map(({ peer }) => peer)).toEqual(['millrace', 'piscina']);
  expect(result.loads.map(({ load: share }) => share)).toEqual([0.5, 0.8]);
  for (const { ratePerSecond, load, views } of result.loads) {
    const saturated = result.saturation[1]?.jobsPerSecond.median ?? 0;
    expect(ratePerSecond).toBeCloseTo(load * saturated);
    for (const { peers, toBestPool } of views) {
      for (const { p50, p99, p999, max } of peers) {
        expect(p50.median).toBeGreaterThan(0);
        const rising = [p50.median, p99.median, p999.median, max.median];
        expect(rising).toEqual(rising.toSorted((a, b) => a - b));
      }
      expect(toBestPool.p99?.peer).toBe('piscina');
    }
    const [total, wait] = views;
    // A result arrives later than its job starts, by at least the job's duration.
    expect(total?.peers[0]?.max.median).toBeGreaterThan(wait?.peers[0]?.p50.median ?? 0);
  }
});
