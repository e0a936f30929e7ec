import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type CommandEnd, runGrouped } from '../../../../build/bench/gate/sides/grouped-command.js';
import { Janitor } from '../../../../build/bench/gate/cleanup/janitor.js';
import { isAlive } from '../../../helpers/processes.js';
import { scratchFolder } from '../../../helpers/scratch-repository.js';

const folder = scratchFolder();
/** Only ends a test that hangs. */
const PATIENCE_MS = 60_000;
let janitor: Janitor;
beforeEach(() => {
  janitor = Janitor.start();
});
afterEach(() => janitor.close().catch(() => {}));

async function shell(
  command: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<CommandEnd> {
  return await runGrouped(['/bin/sh', '-c', command], {
    directory: folder(),
    environment: { ...process.env, GREETING: 'hello' },
    janitor,
    signal,
  });
}

test.each([
  { command: 'echo $GREETING; pwd >&2', code: 0, output: (at: string) => `hello\n${at}\n` },
  { command: 'echo no; exit 3', code: 3, output: () => 'no\n' },
  { command: 'read x; echo "read: $?"', code: 0, output: () => 'read: 1\n' },
])('$command', async ({ command, code, output }) => {
  expect(await shell(command)).toEqual({ code, signal: null, output: output(folder()) });
});

test('a signal that ended it', async () => {
  expect(await shell('kill -KILL $$')).toMatchObject({ code: null, signal: 'SIGKILL' });
});

test('arguments arrive as they are; what does not exist is exit code 127', async () => {
  const options = {
    directory: folder(),
    environment: process.env,
    janitor,
    signal: new AbortController().signal,
  };
  expect(await runGrouped(['printf', '%s|', 'a b', '$HOME', '"'], options)).toMatchObject({
    output: 'a b|$HOME|"|',
  });
  expect(await runGrouped(['no-such-command'], options)).toMatchObject({
    code: 127,
    output: expect.stringContaining('not found') as string,
  });
  await expect(
    runGrouped(['true'], { ...options, directory: join(folder(), 'missing') }),
  ).rejects.toThrow('ENOENT');
});

test('the end of a long output is kept', async () => {
  const { output } = await shell('seq 1 100000');
  expect(output.length).toBe(65_536);
  expect(output.endsWith('\n99999\n100000\n')).toBe(true);
});

test('what it left in the background has ended, and does not hold its end back', async () => {
  const { output } = await shell('sleep 1000 & echo $!');
  expect(isAlive(Number(output))).toBe(false);
});

test('an interruption ends the group, and is told', async () => {
  const interruption = new AbortController();
  const ready = join(folder(), 'ready');
  const running = shell('sleep 1000 & echo > ready; sleep 1000', interruption.signal);
  await vi.waitFor(() => expect(existsSync(ready)).toBe(true), PATIENCE_MS);
  interruption.abort(new Error('interrupted'));
  await expect(running).rejects.toThrow('interrupted');
  await expect(shell('touch late', interruption.signal)).rejects.toThrow('interrupted');
  expect(existsSync(join(folder(), 'late'))).toBe(false);
});

test('without a janitor nothing runs', async () => {
  process.kill(janitor.pid as number, 'SIGKILL');
  await janitor.close().catch(() => {});
  await expect(shell('touch made')).rejects.toThrow('The cleanup process ended');
  expect(existsSync(join(folder(), 'made'))).toBe(false);
});
