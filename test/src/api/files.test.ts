import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InvalidOptionError } from '../../../src/api/errors.js';
import { defaultHostPath, givenHostPath, moduleUrl } from '../../../src/api/files.js';
import { thrownBy } from '../../helpers/outcomes.js';

const THIS_FILE = fileURLToPath(import.meta.url);

test('a host that is there is given by its path', () => {
  expect(givenHostPath(import.meta.url)).toBe(THIS_FILE);
});

/** Expects the error of a host that doesn't exist. */
function expectMissing(url: URL): void {
  const error = thrownBy(() => givenHostPath(url.href));
  expect(error).toBeInstanceOf(InvalidOptionError);
  expect(error.option).toBe('host');
  expect(error.message).toBe(
    `Option 'host' is ${fileURLToPath(url)}, which does not exist; valid is the file of 'millrace/host', ` +
      "as a bundler emits it or as import.meta.resolve('millrace/host') finds it.",
  );
}

test('a host that does not exist is an error that names it', () => {
  expectMissing(new URL('nowhere.cjs', import.meta.url));
});

test('a host below a file, which can not exist, is an error that names it', () => {
  expectMissing(pathToFileURL(`${THIS_FILE}/host.cjs`));
});

test('a host that may not be looked at may exist', () => {
  const path = `/${'x'.repeat(5000)}`;
  expect(givenHostPath(pathToFileURL(path).href)).toBe(path);
});

test('a library that does not find its own host says that host is missing, and where it has looked', () => {
  const looked = fileURLToPath(new URL('nowhere.cjs', import.meta.url));
  const error = thrownBy(() => defaultHostPath(() => pathToFileURL(looked)));
  expect(error).toBeInstanceOf(InvalidOptionError);
  expect(error.option).toBe('host');
  expect(error.cause).toBeUndefined();
  expect(error.message).toBe(
    `Option 'host' is missing, and its default, ${looked}, does not exist: where millrace is part of a ` +
      "bundle, it can't find its own files. Keep millrace external, or emit 'millrace/host' as a file " +
      'of its own and pass its URL as host (docs/runtime.md, Bundlers).',
  );
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace files '));
  for (const file of ['source.ts', 'source.mts', 'source.cts', 'both.js', 'both.ts', 'a.js.ts']) {
    writeFileSync(join(folder, file), '');
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  ['source.js', 'source.ts'],
  ['source.mjs', 'source.mts'],
  ['source.cjs', 'source.cts'],
  ['source.js?version=2#part', 'source.ts?version=2#part'],
  ['source.js#a.js', 'source.ts#a.js'],
  ['a.js.js', 'a.js.ts'],
])('%s, which has not been built, is %s', (named, found) => {
  const urlOf = (file: string) => new URL(file, pathToFileURL(`${folder}/`)).href;
  expect(moduleUrl(urlOf(named))).toBe(urlOf(found));
});

test.each([
  'both.js',
  'both.ts',
  'source.ts',
  'nowhere.js',
  'nowhere.ts',
  'source',
  'source.json',
  'source?of=source.js',
  'nowhere.js?of=source.js',
  'both.js/below.js',
])('%s is what it says', (named) => {
  const url = new URL(named, pathToFileURL(`${folder}/`)).href;
  expect(moduleUrl(url)).toBe(url);
});
