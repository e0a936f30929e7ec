/**
 * Cuts short every scenario that is measured in processes of its own, by Ctrl-C and by killing the measuring process.
 * Both must be reported on the screen, in the file and by the exit code. (`overload` and `invoke` have their own
 * tests.)
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileResult } from '../../bench/report/bench-file.js';
import { HAS_NATS } from '../helpers/nats-server.js';
import { childrenOf, type Command, isAlive, millrace, readResult } from '../helpers/processes.js';

const job = fileURLToPath(new URL('../fixtures/own-job/jobs.js#wait', import.meta.url));

/** Scenarios, each with options for one measurement that lasts until it is cut short. */
const ROWS: ReadonlyArray<readonly [name: string, options: string, filter?: string]> = [
  ['overhead', '--jobs no-op --in-flight 1 --peers millrace --window-ms 60000'],
  ['map', '--jobs no-op --window-ms 60000 --filter millrace'],
  ['tail', '--peers millrace --seconds 60 --warm-up 0.1'],
  ['values', '--values rows --window-ms 60000 --filter millrace'],
  ['payload', '--sizes 10MB --in-flight 1 --window-ms 60000', 'postMessage, 10MB cloned'],
  ['sparse', '--patterns single --jobs 100000 --filter millrace'],
  ['depth', '--jobs 1000000'],
  ['calls', '--time-ms 60000'],
  ['scaling', '--jobs 100us --max-threads 1 --window-ms 60000'],
  ['startup', '--peers millrace --threads 16'],
  ['soak', '--minutes 5 --rate 10 --job no-op --threads 1'],
  ['producer', '--jobs 1000000000'],
  ...(HAS_NATS ? [['distributed', '--window-ms 60000', '2 nodes'] as const] : []),
  [job, '--seconds 600'],
];
const SCENARIOS = ROWS.map(([name, options, filter]) => ({ name, options, filter }));
const WITHOUT_ROUNDS: ReadonlySet<string> = new Set(['soak', 'producer']);

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-cut-'));
  file = join(folder, 'result.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts a scenario and waits for its first measuring process. */
async function running({
  name,
  options,
  filter,
}: (typeof SCENARIOS)[number]): Promise<{ readonly command: Command; readonly child: number }> {
  const rounds = WITHOUT_ROUNDS.has(name) ? [] : ['--rounds', '1'];
  const only = filter === undefined ? [] : ['--filter', filter];
  const args = ['bench', name, ...options.split(' '), ...only, ...rounds, '--json', file];
  const command = millrace(...args);
  // A user's job is first tried by another process, before the one that measures it.
  if (name === job) await command.said('Service time');
  let child: number | undefined;
  await expect
    .poll(() => ([child] = childrenOf(command.process.pid)).length, {
      timeout: 60_000,
      interval: 5,
    })
    .toBeGreaterThan(0);
  return { command, child: child as number };
}

describe.runIf(process.platform === 'linux')('cut short', () => {
  test.each(SCENARIOS)(
    '$name: an interruption is reported',
    { timeout: 120_000 },
    async (scenario) => {
      const { command, child } = await running(scenario);
      command.process.kill('SIGINT');
      const { code, stdout, stderr } = await command.ended;
      expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
      expect(stdout).toContain('The run was interrupted');
      expect(readResult<FileResult>(file)).toMatchObject({ isInterrupted: true, failures: [] });
      expect(isAlive(child)).toBe(false);
    },
  );

  test.each(SCENARIOS.filter(({ name }) => name !== 'producer'))(
    '$name: a measuring process that dies is reported',
    { timeout: 120_000 },
    async (scenario) => {
      const { command, child } = await running(scenario);
      process.kill(child, 'SIGKILL');
      const { code, stdout, stderr } = await command.ended;
      expect(code).toBe(1);
      expect(stderr).toContain('millrace: A measurement failed. ');
      const { failures } = readResult<FileResult>(file);
      expect(failures).toEqual([expect.stringMatching(/The process ended: SIGKILL$/)]);
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`Failed: ${failures[0]}`);
    },
  );

  test('producer: its death is the end of it', { timeout: 120_000 }, async () => {
    const { command, child } = await running({
      name: 'producer',
      options: '--jobs 1000000000',
      filter: undefined,
    });
    process.kill(child, 'SIGKILL');
    const { code, stderr } = await command.ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'millrace: The producer ended: SIGKILL\n',
    });
  });
});
