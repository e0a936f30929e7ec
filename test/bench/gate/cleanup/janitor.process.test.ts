import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Janitor } from '../../../../build/bench/gate/cleanup/janitor.js';
import { isAlive } from '../../../helpers/processes.js';
import { scratchFolder, writeFiles } from '../../../helpers/scratch-repository.js';

const MODULE = new URL('../../../../build/bench/gate/cleanup/janitor.js', import.meta.url).href;
const folder = scratchFolder();
/** Only ends a test that hangs. */
const PATIENCE_MS = 60_000;

/** True if the process handles SIGQUIT, the last handler that it installs (Linux). */
function hearsSigquit(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const caught = BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(status)?.[1]}`);
  return ((caught >> BigInt(constants.signals.SIGQUIT - 1)) & 1n) === 1n;
}

test('nothing happens before it is closed; then everything it was told is gone, and it as well', async () => {
  const janitor = Janitor.start();
  await janitor.removePath(join(folder(), 'file'));
  await janitor.removePath(join(folder(), 'tree'));
  await janitor.removePath(join(folder(), 'never made'));
  await janitor.removeIfEmpty(join(folder(), 'tree'));
  writeFiles(folder(), { file: '', 'tree/deep/file': '', kept: '' });
  await janitor.removeIfEmpty(folder());
  expect(existsSync(join(folder(), 'file'))).toBe(true);
  await janitor.close();
  expect(readdirSync(folder())).toEqual(['kept']);
  expect(isAlive(janitor.pid as number)).toBe(false);
  await janitor.close();
});

test('a folder that is empty by then is removed, and a link is not followed', async () => {
  const janitor = Janitor.start();
  const notes = join(folder(), 'notes');
  await janitor.removeIfEmpty(notes);
  await janitor.removePath(join(notes, 'link'));
  mkdirSync(notes);
  writeFiles(folder(), { 'kept/file': '' });
  symlinkSync(join(folder(), 'kept'), join(notes, 'link'));
  await janitor.close();
  expect(readdirSync(folder())).toEqual(['kept']);
  expect(readdirSync(join(folder(), 'kept'))).toEqual(['file']);
});

test('groups end before what they write to is removed; one that it forgot lives', async () => {
  const janitor = Janitor.start();
  const tree = join(folder(), 'tree');
  await janitor.removePath(tree);
  mkdirSync(tree);
  const writer = `
    let n = 0;
    process.on('SIGTERM', () => {});
    setInterval(() => fs.writeFileSync(${JSON.stringify(tree)} + '/' + n++, ''), 1);
    console.log('writing');`;
  const start = (program: string) =>
    spawn(process.execPath, ['-e', program], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
  const busy = start(writer);
  const spared = start('setInterval(() => {}, 1e6)');
  await janitor.endGroup(busy.pid as number);
  await (
    await janitor.endGroup(spared.pid as number)
  )();
  await once(busy.stdout, 'data');
  await janitor.close();
  expect(existsSync(tree)).toBe(false);
  expect([busy, spared].map(({ pid }) => isAlive(pid as number))).toEqual([false, true]);
  spared.kill('SIGKILL');
  await once(spared, 'exit');
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s does not keep it from its work',
  async (signal) => {
    const janitor = Janitor.start();
    const first = join(folder(), 'first');
    await janitor.removePath(first);
    writeFileSync(first, '');
    await vi.waitFor(() => expect(hearsSigquit(janitor.pid as number)).toBe(true), PATIENCE_MS);
    process.kill(janitor.pid as number, signal);
    await janitor.close();
    expect(readdirSync(folder())).toEqual([]);
  },
);

test('one that was killed says so, to whoever tells it something and at the end', async () => {
  const janitor = Janitor.start();
  await janitor.removePath(join(folder(), 'file'));
  process.kill(janitor.pid as number, 'SIGKILL');
  await vi.waitFor(() => expect(isAlive(janitor.pid as number)).toBe(false), PATIENCE_MS);
  await expect(janitor.removePath(folder())).rejects.toThrow('The cleanup process ended');
  await expect(janitor.close()).rejects.toThrow(
    'Files and processes of the gate may be left: The cleanup process ended: SIGKILL.',
  );
});

test('a parent that has nothing else to do ends, and what it has made goes with it', async () => {
  const program = `
    const { Janitor } = await import(${JSON.stringify(MODULE)});
    const janitor = Janitor.start();
    await janitor.removePath('made');
    fs.writeFileSync('made', '');
    console.log(janitor.pid);`;
  const parent = spawn(
    process.execPath,
    ['--input-type=module', '-e', `import fs from 'node:fs'; ${program}`],
    {
      cwd: folder(),
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '' },
    },
  );
  const [[pid], [code]] = await Promise.all([once(parent.stdout, 'data'), once(parent, 'exit')]);
  expect(code).toBe(0);
  await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), PATIENCE_MS);
  expect(readdirSync(folder())).toEqual([]);
});
