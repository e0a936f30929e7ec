/** Runs the experiment briefly through the built command; checks the sums of the result, not its speed. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OverloadResult } from '../../bench/scenarios/overload/result.js';
import { verifySums } from '../helpers/service-sums.js';
import { childrenOf, type Command, isAlive, millrace, readResult } from '../helpers/processes.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-overload-'));
  file = join(folder, 'result.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function overload(options: string): Command {
  return millrace('bench', 'overload', ...options.split(' '), '--json', file);
}

function measured(): OverloadResult {
  return readResult(file);
}

test('all arms at their defaults, for a second each', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await overload('--seconds 1').ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toContain('\u001B');
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/^documents {11}\d+ installed JavaScript files, 10 to 200 KB/m);
  expect(stdout).toMatch(/^variant +offered +accepted +completed +refused /m);

  const result = measured();
  verifySums(result.arms);
  expect(result).toMatchObject({
    scenario: 'overload',
    isInterrupted: false,
    settings: { seconds: 1, backlogJobs: 128, seed: 1 },
    documents: { source: 'files' },
  });
  expect(result.arms.map(({ name }) => name)).toEqual([
    'thread-per-request',
    'unbounded',
    'millrace',
  ]);
  expect(result.capacity?.windows.length).toBe(6);
  expect(result.capacity?.perSecond).toBeGreaterThan(0);
  const own = result.arms.find(({ name }) => name === 'millrace');
  expect(own?.ending).toEqual({ how: 'survived', afterSeconds: 1 });
  expect(own?.completed).toBeGreaterThan(0);
  expect(own?.failed).toBe(0);
  expect(own?.timeline.length).toBeGreaterThan(0);
  expect(own?.goodputShare).toBeCloseTo(
    (own?.goodputPerSecond ?? 0) / (result.capacity?.perSecond ?? 1),
  );
});

test(
  'with a given rate and no millrace the capacity is not measured; crossing the ceiling is a result',
  { timeout: 120_000 },
  async () => {
    const { code, stdout } = await overload(
      '--seconds 30 --rate 400 --arms thread-per-request --memory 128',
    ).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^thread-per-request {2}died after [\d.]+ s \(memory limit\): /m);
    const result = measured();
    verifySums(result.arms);
    expect(result.capacity).toBeNull();
    const [arm] = result.arms;
    expect(arm?.ending.how).toBe('ceiling');
    expect(arm?.peakRssBytes).toBeGreaterThan(128 * 1024 ** 2);
    expect(arm).not.toHaveProperty('goodputShare');
    expect(arm).not.toHaveProperty('memoryTrend');
  },
);

test(
  'a backlog without any room is driven too, and what it refuses is counted on both sides',
  { timeout: 120_000 },
  async () => {
    const { code } = await overload(
      '--seconds 1 --rate 300 --backlog 0 --threads 2 --arms millrace',
    ).ended;
    expect(code).toBe(0);
    const result = measured();
    verifySums(result.arms);
    const [arm] = result.arms;
    expect(arm?.intended).toBe(300);
    expect((arm?.accepted ?? 0) + (arm?.refused ?? 0)).toBeGreaterThan(0);
  },
);

describe.runIf(process.platform === 'linux')('no process stays behind', () => {
  const long = '--rate 50 --arms unbounded --seconds 600';

  test.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const)(
    '$signal ends all and reports what was measured',
    { timeout: 120_000 },
    async ({ signal, code }) => {
      const command = overload(long);
      await command.said('unbounded: up to');
      await expect.poll(() => childrenOf(command.process.pid).length, { timeout: 60_000 }).toBe(2);
      const children = childrenOf(command.process.pid);
      command.process.kill(signal);
      const end = await command.ended;
      expect({ code: end.code, signal: end.signal, stderr: end.stderr }).toEqual({
        code,
        signal: null,
        stderr: '',
      });
      expect(children.filter((pid) => isAlive(pid))).toEqual([]);
      const result = measured();
      verifySums(result.arms);
      expect(result.isInterrupted).toBe(true);
      for (const arm of result.arms) expect(arm.ending.how).toBe('interrupted');
    },
  );

  test('killing the command itself ends its children too', { timeout: 120_000 }, async () => {
    const command = overload(long);
    await expect.poll(() => childrenOf(command.process.pid).length, { timeout: 60_000 }).toBe(2);
    const children = childrenOf(command.process.pid);
    command.process.kill('SIGKILL');
    await command.ended;
    await expect
      .poll(() => children.filter((pid) => isAlive(pid)), { timeout: 60_000 })
      .toEqual([]);
    expect(existsSync(file)).toBe(false);
  });
});
