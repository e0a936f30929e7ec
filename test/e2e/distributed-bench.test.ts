/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NamedFigure } from '../../bench/report/document.js';
import { HAS_NATS } from '../helpers/nats-server.js';
import { millrace, millraceIn, readResult } from '../helpers/processes.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-distributed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.runIf(HAS_NATS)('one node and two, one round', { timeout: 120_000 }, async () => {
  const file = join(folder, 'result.json');
  const options = '--rounds 1 --window-ms 200 --warm-up-ms 100 --in-flight 16';
  const args = ['bench', 'distributed', ...options.split(' '), '--json', file];
  const { code, stdout, stderr } = await millrace(...args).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
  const result = readResult<{ figures: NamedFigure[]; points: Array<{ nodes: number }> }>(file);
  expect(result).toMatchObject({ scenario: 'distributed', isInterrupted: false, failures: [] });
  expect(result.points.map(({ nodes }) => nodes)).toEqual([1, 2]);
  for (const { median } of result.figures) expect(median).toBeGreaterThan(0);
});

test('without a server it is refused at once, with what to do', async () => {
  const NATS_SERVER = join(folder, 'none');
  const { code, stderr } = await millraceIn(folder, { NATS_SERVER }, 'bench', 'distributed').ended;
  expect(code).toBe(1);
  expect(stderr).toContain('install nats-server 2.10.27 or newer, or set NATS_SERVER to its path');
});
