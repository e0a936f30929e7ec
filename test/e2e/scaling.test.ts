/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ScalingResult } from '../../bench/scenarios/scaling/result.js';
import { repeats } from '../helpers/extent.js';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-scaling-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ROUNDS = repeats(1, 2);

test('one kind of job, one to three threads', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const options = `--jobs 100us --max-threads 3 --rounds ${ROUNDS} --window-ms 20 --warm-up-ms 5`;
  const args = ['bench', 'scaling', ...options.split(' '), '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/^1 +[\d,]+ +[\d,]+ +100\.0 /m);

  const result = readResult<ScalingResult>(file);
  expect(result).toMatchObject({ scenario: 'scaling', isInterrupted: false, failures: [] });
  expect(result.processors).toBeGreaterThan(0);
  expect(result.kinds.map(({ job }) => job)).toEqual(['100us']);
  const points = result.kinds[0]?.points ?? [];
  expect(points.map(({ threads }) => threads)).toEqual([1, 2, 3]);
  for (const { threads, jobsPerSecond, efficiency, cpuUsPerJob } of points) {
    expect(jobsPerSecond.rounds.length).toBe(ROUNDS);
    expect(jobsPerSecond.min).toBeGreaterThan(0);
    expect(cpuUsPerJob.min).toBeGreaterThan(0);
    for (const [round, rate] of jobsPerSecond.rounds.entries()) {
      const single = points[0]?.jobsPerSecond.rounds[round] ?? NaN;
      expect(efficiency?.rounds[round]).toBeCloseTo(rate / single / threads, 9);
    }
  }
});
