/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MapResult } from '../../bench/scenarios/map/result.js';
import { millrace, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-map-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('all arms, one round', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const options = '--jobs no-op --rounds 1 --window-ms 100 --warm-up-ms 50';
  const args = ['bench', 'map', ...options.split(' '), '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);

  const result = readResult<MapResult>(file);
  expect(result).toMatchObject({
    scenario: 'map',
    isInterrupted: false,
    failures: [],
    missing: [],
  });
  const [kind] = result.kinds;
  expect(kind?.arms.map(({ arm }) => arm)).toEqual([
    'millrace',
    'piscina, own loop',
    'piscina, p-map',
    'piscina, Readable.map',
    'piscina, streaming-iterables',
  ]);
  for (const { rowsPerSecond, mostHeld } of kind?.arms ?? []) {
    expect(rowsPerSecond.median).toBeGreaterThan(0);
    // No variant holds more than a few times the number of its jobs in flight.
    expect(mostHeld.median).toBeLessThanOrEqual(1024);
  }
  expect(kind?.toBest?.arm).toMatch(/^piscina, /);
  const ratio = new RegExp(`${kind?.toBest?.arm}\\)?: [\\d.]+ times in `);
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(ratio);
});
