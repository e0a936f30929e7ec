import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../../bench/options/flags.js';
import { checkDistinct, checkWritable, writeJson } from '../../../bench/store/json-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-json-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('two options that name the same file are refused', () => {
  expect(() => checkDistinct({ json: 'out', md: './out', html: 'page' })).toThrow(
    new UsageError("Options '--json' and '--md' both name './out'; valid is a file for each."),
  );
  expect(() => checkDistinct({ json: 'a', md: 'b', html: undefined })).not.toThrow();
});

test('checking leaves no file behind, and one that is there as it was', () => {
  const fresh = join(folder, 'fresh.json');
  const old = join(folder, 'old.json');
  writeFileSync(old, 'kept');
  checkWritable('json', fresh);
  checkWritable('json', old);
  expect(existsSync(fresh)).toBe(false);
  expect(readFileSync(old, 'utf8')).toBe('kept');
});

test.each([
  { path: ['missing', 'x.json'], reason: 'its folder does not exist' },
  { path: [], reason: 'it is a folder' },
  { path: ['file', 'x.json'], reason: 'its folder is a file' },
])('$reason', ({ path, reason }) => {
  writeFileSync(join(folder, 'file'), '');
  const file = join(folder, ...path);
  expect(() => checkWritable('json', file)).toThrow(
    new UsageError(`Option '--json': '${file}' can't be written: ${reason}.`),
  );
});

test('writes JSON that ends in a line break', () => {
  const file = join(folder, 'x.json');
  writeJson(file, { a: [1] });
  const text = readFileSync(file, 'utf8');
  expect(JSON.parse(text)).toEqual({ a: [1] });
  expect(text.endsWith('}\n')).toBe(true);
});
