/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Figure } from '../../bench/harness/figures.js';
import { CALLS } from '../../bench/scenarios/calls/calls.js';
import { repeats } from '../helpers/extent.js';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-calls-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ROUNDS = repeats(1, 2);

test('all calls', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const args = ['bench', 'calls', '--rounds', String(ROUNDS), '--time-ms', '5', '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);

  const result = readResult<{ calls: Array<{ call: string; ms: Figure }> }>(file);
  expect(result).toMatchObject({ scenario: 'calls', isInterrupted: false, failures: [] });
  expect(result.calls.map(({ call }) => call)).toEqual(CALLS);
  for (const { ms } of result.calls) {
    expect(ms.rounds.length).toBe(ROUNDS);
    expect(ms.min).toBeGreaterThan(0);
  }
});
