/** Runs the experiment briefly through the built command; checks the sums of the result, not its speed. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InvokeResult } from '../../bench/scenarios/invoke/result.js';
import { childrenOf, type Command, isAlive, millrace, readResult } from '../helpers/processes.js';
import { verifySums } from '../helpers/service-sums.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-invoke-'));
  file = join(folder, 'result.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function invoke(options: string): Command {
  return millrace('bench', 'invoke', ...options.split(' '), '--json', file);
}

function measured(): InvokeResult {
  return readResult(file);
}

/** Checks what holds for every variant, however it ended. */
function verify({ arms, settings }: InvokeResult): void {
  verifySums(arms);
  for (const { name, completed, secondService } of arms) {
    expect(completed).toBeLessThanOrEqual(secondService.served);
    expect(secondService.peakServing).toBeLessThanOrEqual(settings.slots);
    // A pool makes its next call after the response to an earlier one, and never has more calls in flight than slots.
    if (name !== 'fire-and-forget') expect(secondService.peakWaiting).toBe(0);
  }
}

test('all arms, for a second each', { timeout: 120_000 }, async () => {
  const { code, stdout, stderr } = await invoke('--seconds 1 --slots 10 --delay-ms 50').ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).not.toContain('\u001B');
  for (const line of stdout.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/^second service {6}10 at once, 50\.0 ms each: 200 per second$/m);
  expect(stdout).toMatch(/^load {16}400 per second \(2 × its capacity\) for 1 s, open loop$/m);
  expect(stdout).toMatch(/^variant +offered +accepted +completed +refused /m);

  const result = measured();
  verify(result);
  expect(result).toMatchObject({
    scenario: 'invoke',
    isInterrupted: false,
    failures: [],
    settings: { seconds: 1, slots: 10, delayMs: 50, backlogJobs: 10, seed: 1 },
    documents: { source: 'files' },
  });
  expect(result.arms.map(({ name }) => name)).toEqual(['fire-and-forget', 'unbounded', 'millrace']);
  const own = result.arms.find(({ name }) => name === 'millrace');
  expect(own?.ending).toEqual({ how: 'survived', afterSeconds: 1 });
  expect(own?.completed).toBeGreaterThan(0);
  expect(own?.failed).toBe(0);
  expect(own?.timeline.some(({ heapUsedBytes }) => heapUsedBytes > 0)).toBe(true);
  expect(own?.goodputShare).toBeCloseTo((own?.goodputPerSecond ?? 0) / 200);
});

test('crossing the ceiling is a result', { timeout: 120_000 }, async () => {
  const { code, stdout } = await invoke(
    '--seconds 60 --rate 200 --slots 1 --delay-ms 1000 --arms fire-and-forget --memory 128',
  ).ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/^fire-and-forget {5}died after [\d.]+ s \(memory limit\): /m);
  const result = measured();
  verify(result);
  const [arm] = result.arms;
  expect(arm?.ending.how).toBe('ceiling');
  expect(arm?.peakRssBytes).toBeGreaterThan(128 * 1024 ** 2);
  expect(arm?.secondService.peakWaiting).toBeGreaterThan(0);
  expect(arm).not.toHaveProperty('memoryTrend');
});

test(
  'a second service that answers nothing within the time is told as it is',
  { timeout: 120_000 },
  async () => {
    const { code, stdout } = await invoke(
      '--seconds 1 --rate 50 --slots 2 --delay-ms 60000 --arms millrace',
    ).ended;
    expect(code).toBe(0);
    expect(stdout).toContain('millrace completed 0 documents per second, only 0.0 % of the 0.033');
    const result = measured();
    verify(result);
    const [arm] = result.arms;
    // As many as there are slots, and as many in the backlog.
    expect(arm).toMatchObject({ accepted: 4, completed: 0, failed: 0 });
    expect(arm?.secondService).toMatchObject({ served: 0, serving: 2 });
  },
);

describe.runIf(process.platform === 'linux')('processes', () => {
  const long = '--rate 50 --slots 10 --delay-ms 100 --arms unbounded --seconds 600';

  /** The three processes of a variant. */
  async function running(command: Command): Promise<number[]> {
    await expect.poll(() => childrenOf(command.process.pid).length, { timeout: 60_000 }).toBe(3);
    return childrenOf(command.process.pid);
  }

  test.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const)(
    '$signal ends all and reports what was measured',
    { timeout: 120_000 },
    async ({ signal, code }) => {
      const command = invoke(long);
      const children = await running(command);
      command.process.kill(signal);
      const end = await command.ended;
      expect({ code: end.code, signal: end.signal, stderr: end.stderr }).toEqual({
        code,
        signal: null,
        stderr: '',
      });
      expect(children.filter((pid) => isAlive(pid))).toEqual([]);
      const result = measured();
      verify(result);
      expect(result).toMatchObject({ isInterrupted: true, failures: [] });
      for (const arm of result.arms) expect(arm.ending.how).toBe('interrupted');
    },
  );

  test('killing the command itself ends its children too', { timeout: 120_000 }, async () => {
    const command = invoke(long);
    const children = await running(command);
    command.process.kill('SIGKILL');
    await command.ended;
    await expect
      .poll(() => children.filter((pid) => isAlive(pid)), { timeout: 60_000 })
      .toEqual([]);
    expect(existsSync(file)).toBe(false);
  });

  test(
    'a second service that dies is a failure of its arm, and the others are still measured',
    { timeout: 120_000 },
    async () => {
      const command = invoke('--seconds 4 --slots 2 --delay-ms 100 --arms unbounded,millrace');
      await command.said('unbounded: up to');
      const children = await running(command);
      const second = children.find((pid) => commandLine(pid).includes('invoke/program.js'));
      process.kill(second as number, 'SIGKILL');
      const { code, stderr } = await command.ended;
      const failure = 'unbounded: The second service ended: SIGKILL';
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `millrace: A measurement failed. ${failure}\n`,
      });
      const result = measured();
      verify(result);
      expect(result.failures).toEqual([failure]);
      expect(result.arms.map(({ name, ending }) => [name, ending.how])).toEqual([
        ['millrace', 'survived'],
      ]);
      expect(children.filter((pid) => isAlive(pid))).toEqual([]);
    },
  );
});

function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}
