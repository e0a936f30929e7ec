/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OverheadResult } from '../../bench/scenarios/overhead/result.js';
import { repeats } from '../helpers/extent.js';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-overhead-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ROUNDS = repeats(1, 2);

test('two jobs, all pools', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const options = `--jobs no-op,100us --in-flight 16 --rounds ${ROUNDS} --window-ms 20 --warm-up-ms 5`;
  const args = ['bench', 'overhead', ...options.split(' '), '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/^No-ops$/m);
  expect(stdout).toMatch(/^time in jobs \(share\) +[01]\.\d+$/m);

  const result = readResult<OverheadResult>(file);
  expect(result).toMatchObject({
    scenario: 'overhead',
    isInterrupted: false,
    missing: [],
    failures: [],
    settings: { rounds: ROUNDS, threads: 2, seed: 1 },
  });
  expect(result.workPerUs).toBeGreaterThan(0);
  expect(Object.keys(result.versions)).toEqual(['piscina', 'tinypool', 'workerpool', 'poolifier']);
  expect(result.points.map(({ job, inFlight }) => [job, inFlight])).toEqual([
    ['no-op', 16],
    ['100us', 16],
  ]);
  for (const { peers, toBestPool, toRing } of result.points) {
    expect(peers.map(({ peer }) => peer)).toEqual([...result.settings.peers]);
    for (const { jobsPerSecond } of peers) {
      expect(jobsPerSecond.rounds.length).toBe(ROUNDS);
      expect(jobsPerSecond.min).toBeGreaterThan(0);
    }
    expect(toBestPool?.ratio.rounds.length).toBe(ROUNDS);
    expect(toRing?.peer).toBe('ring');
  }
});
