/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PayloadResult } from '../../bench/scenarios/payload/result.js';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-payload-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('both ways, the smallest and the largest size, one round', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const options = '--sizes 1KB,10MB --in-flight 4 --rounds 1 --window-ms 20 --warm-up-ms 5';
  const args = ['bench', 'payload', ...options.split(' '), '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);

  const result = readResult<PayloadResult>(file);
  expect(result).toMatchObject({ scenario: 'payload', isInterrupted: false, failures: [] });
  expect(result.points.map(({ way, size }) => `${way} ${size}`)).toEqual([
    'cloned 1KB',
    'cloned 10MB',
    'transferred 1KB',
    'transferred 10MB',
  ]);
  for (const { arms, ratios } of result.points) {
    expect(arms.map(({ arm }) => arm)).toEqual(['millrace', 'piscina', 'postMessage']);
    for (const { jobsPerSecond } of arms) expect(jobsPerSecond.min).toBeGreaterThan(0);
    expect(ratios.map(({ to }) => to)).toEqual(['piscina', 'postMessage']);
  }
});
