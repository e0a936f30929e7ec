import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { InvalidOptionError } from '../../../src/api/errors.js';
import { defaultHostPath, givenHostPath } from '../../../src/api/host-file.js';
import { thrownBy } from '../../helpers/outcomes.js';

const THIS_FILE = fileURLToPath(import.meta.url);

test('a host that is there is given by its path', () => {
  expect(givenHostPath(import.meta.url)).toBe(THIS_FILE);
});

/** The error of a host that is not there. */
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
