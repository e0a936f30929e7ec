/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-depth-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a shallow and a deeper backlog, one round', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const args = ['bench', 'depth', '--jobs', '60000', '--rounds', '1', '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
  expect(stdout).toContain('60,000 jobs');

  const result = readResult<{
    settings: object;
    rounds: Array<Record<string, Record<string, number>>>;
  }>(file);
  expect(result).toMatchObject({ scenario: 'depth', settings: { jobs: 60_000 } });
  expect(result.rounds.length).toBe(1);
  for (const which of ['shallow', 'deep']) {
    const costs = result.rounds[0]?.[which] as Record<string, number>;
    expect(Object.keys(costs)).toEqual(['submitUs', 'cancelUs', 'dispatchUs']);
    for (const cost of Object.values(costs)) expect(cost).toBeGreaterThan(0);
  }
});

test('a backlog that holds nothing but the sample is no depth', async () => {
  const { code, stderr } = await millrace('bench', 'depth', '--jobs', '1000').ended;
  expect(code).toBe(1);
  expect(stderr).toContain("Option '--jobs' is '1000'; valid is a whole number from 40000");
});
