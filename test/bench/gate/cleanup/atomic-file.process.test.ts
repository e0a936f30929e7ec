import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtomically } from '../../../../build/bench/gate/cleanup/atomic-file.js';
import { Janitor } from '../../../../build/bench/gate/cleanup/janitor.js';
import { scratchFolder } from '../../../helpers/scratch-repository.js';

const folder = scratchFolder();
let janitor: Janitor;
beforeEach(() => {
  janitor = Janitor.start();
});
afterEach(() => janitor.close());

test('a new file', async () => {
  await writeAtomically(janitor, join(folder(), 'new'), 'text');
  expect(readFileSync(join(folder(), 'new'), 'utf8')).toBe('text');
  expect(readdirSync(folder())).toEqual(['new']);
});

test('whoever has the old file open sees all of it; who may read it stays the same', async () => {
  const path = join(folder(), 'file');
  writeFileSync(path, 'old');
  chmodSync(path, 0o640);
  const reader = await open(path);
  await writeAtomically(janitor, path, 'new');
  expect(await reader.readFile('utf8')).toBe('old');
  await reader.close();
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test('a link stays a link', async () => {
  const [path, link] = [join(folder(), 'file'), join(folder(), 'link')];
  writeFileSync(path, 'old');
  symlinkSync('file', link);
  await writeAtomically(janitor, link, 'new');
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('new');
});

test('a pipe is written to, not replaced', async () => {
  const path = join(folder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const [text] = await Promise.all([
    open(path).then(async (reader) => {
      const read = await reader.readFile('utf8');
      await reader.close();
      return read;
    }),
    writeAtomically(janitor, path, 'through the pipe'),
  ]);
  expect(text).toBe('through the pipe');
  expect(statSync(path).isFIFO()).toBe(true);
});

test('a folder that is missing', async () => {
  await expect(writeAtomically(janitor, join(folder(), 'no', 'file'), 'x')).rejects.toThrow(
    'ENOENT',
  );
});
