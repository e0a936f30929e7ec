import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { endGroup } from '../../../bench/process/process-group.js';
import { isAlive } from '../../helpers/processes.js';

const started: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of started.splice(0)) {
    try {
      process.kill(-(pid as number), 'SIGKILL');
    } catch {
      // The process has ended, as it should.
    }
  }
});

/** Starts a process in a group of its own, which starts another one; both report when they are listening. */
async function startPair(onSigterm: string): Promise<{ leader: number; member: number }> {
  const listen = `process.on('SIGTERM', () => ${onSigterm}); setInterval(() => {}, 1e6);`;
  const member = `${listen} console.log(process.pid);`;
  const leader =
    `${listen} require('node:child_process')` +
    `.spawn(process.execPath, ['-e', ${JSON.stringify(member)}], { stdio: 'inherit' });`;
  const child = spawn(process.execPath, ['-e', leader], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  started.push(child);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { leader: child.pid as number, member: Number(line) };
}

test.each([
  { what: 'ends when it is asked to', onSigterm: 'process.exit()' },
  { what: 'ignores what it is asked', onSigterm: '{}' },
])('a group that $what is gone afterwards', async ({ onSigterm }) => {
  const { leader, member } = await startPair(onSigterm);
  expect([leader, member].map(isAlive)).toEqual([true, true]);
  await endGroup(leader);
  expect([leader, member].map(isAlive)).toEqual([false, false]);
  await endGroup(leader);
});

test('members that outlived their leader are ended too', async () => {
  const { leader, member } = await startPair('process.exit()');
  const exited = once(started[0] as ChildProcess, 'exit');
  process.kill(leader, 'SIGKILL');
  await exited;
  expect(isAlive(member)).toBe(true);
  await endGroup(leader);
  expect(isAlive(member)).toBe(false);
});

test.each([0, 1, -5, 2.5, NaN])('%d, which would mean others, is refused', async (group) => {
  await expect(endGroup(group)).rejects.toThrow(RangeError);
});
