/** Runs the experiment briefly through the built command; checks the shape of the result, not its speed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SoakResult } from '../../bench/scenarios/soak/result.js';
import { type Command, millrace, readResult } from '../helpers/processes.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-soak-'));
  file = join(folder, 'result.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function soak(options: string): Command {
  return millrace('bench', 'soak', ...options.split(' '), '--json', file);
}

test('three seconds at a given rate', { timeout: 120_000 }, async () => {
  const options = '--minutes 0.05 --rate 100 --job no-op --threads 1';
  const { code, stdout, stderr } = await soak(options).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
  expect(stdout).toContain('Too short to say whether memory grows');

  const result = readResult<SoakResult>(file);
  expect(result).toMatchObject({ scenario: 'soak', isInterrupted: false, failures: [] });
  expect(result).not.toHaveProperty('saturation');
  expect(result.windows.length).toBe(12);
  let fromSeconds = 0;
  for (const window of result.windows) {
    expect(window.fromSeconds).toBe(fromSeconds);
    expect(window.toSeconds).toBeGreaterThan(fromSeconds);
    expect(window.memory.rss).toBeGreaterThan(window.memory.heapUsed);
    expect(window.latency.count).toBe(window.completed);
    expect(window).toMatchObject({ refused: 0, failed: 0 });
    fromSeconds = window.toSeconds;
  }
  const completed = result.windows.reduce((sum, window) => sum + window.completed, 0);
  expect(completed).toBeGreaterThan(0);
  expect(result.generator?.sent).toBeGreaterThanOrEqual(completed);
  expect(result.memory.map(({ part, verdict }) => [part, verdict])).toEqual([
    ['rss', 'too short'],
    ['heapUsed', 'too short'],
    ['external', 'too short'],
  ]);
});

test('a rate beyond the pool is refused in part, and told', { timeout: 120_000 }, async () => {
  const options = '--minutes 0.05 --rate 20000 --job 1ms --threads 1';
  const { code, stdout } = await soak(options).ended;
  expect(code).toBe(0);
  expect(stdout).toContain('The pool could not take the whole load');
  const { windows } = readResult<SoakResult>(file);
  expect(windows.reduce((sum, { refused }) => sum + refused, 0)).toBeGreaterThan(0);
});

test('an interruption keeps the windows that came before', { timeout: 120_000 }, async () => {
  const options = '--minutes 0.5 --rate 50 --job no-op';
  const command = soak(options);
  await command.said('  3 s: ');
  command.process.kill('SIGINT');
  const { code, stdout, stderr } = await command.ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
  expect(stdout).toContain('The run was interrupted');
  const result = readResult<SoakResult>(file);
  expect(result.isInterrupted).toBe(true);
  expect(result.windows.length).toBeGreaterThanOrEqual(6);
  expect(result).not.toHaveProperty('generator');
});
