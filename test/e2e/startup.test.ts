/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StartupResult } from '../../bench/scenarios/startup/result.js';
import { repeats } from '../helpers/extent.js';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-startup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ROUNDS = repeats(1, 2);

test('all pools', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const args = ['bench', 'startup', '--rounds', String(ROUNDS), '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);

  const result = readResult<StartupResult>(file);
  expect(result).toMatchObject({
    scenario: 'startup',
    isInterrupted: false,
    missing: [],
    failures: [],
  });
  expect(result.peers.map(({ peer }) => peer)).toEqual([...result.settings.peers]);
  const nodeMs = result.runningMs?.min ?? NaN;
  expect(nodeMs).toBeGreaterThan(0);
  for (const { peer, importMs, firstResultMs, allThreadsMs, rssBytes } of result.peers) {
    expect(firstResultMs.rounds.length).toBe(ROUNDS);
    if (peer !== 'ring') expect(importMs?.min).toBeGreaterThan(0);
    for (const [round, first] of firstResultMs.rounds.entries()) {
      // Imports come after Node's own start and before the first result.
      expect(first).toBeGreaterThan(nodeMs + (importMs?.rounds[round] ?? 0));
      expect(allThreadsMs.rounds[round]).toBeGreaterThan(first);
    }
    // No Node process with threads is smaller.
    expect(rssBytes.min).toBeGreaterThan(20 * 1024 ** 2);
  }
  // The n-th result of a process comes after all earlier ones.
  expect(result.nth.map(({ n }) => n)).toEqual([1, 100, 1000, 10_000]);
  for (const peer of result.settings.peers) {
    const times = result.nth.map(({ peers }) => peers.find((each) => each.peer === peer)?.ms);
    for (let round = 0; round < ROUNDS; round += 1) {
      const inOrder = times.map((figure) => figure?.rounds[round] ?? NaN);
      expect(inOrder[0]).toBeGreaterThan(nodeMs);
      expect(inOrder.toSorted((a, b) => a - b)).toEqual(inOrder);
    }
  }
});
