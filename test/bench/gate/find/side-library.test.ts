import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { libraryOf } from '../../../../bench/gate/find/side-library.js';
import { scratchFolder, writeFiles } from '../../../helpers/scratch-repository.js';

const folder = scratchFolder();
const url = (...path: readonly string[]): string => `file://${join(folder(), ...path)}`;
const INSTALLED = 'node_modules/millrace';

test('this project’s own is the one that its ES modules import', () => {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  expect(libraryOf(root, 'head')).toBe(
    new URL('../../../../dist/src/index.js', import.meta.url).href,
  );
});

test('of an installed one with a file for each way, that for import is taken', () => {
  const entry = {
    import: { types: './t.d.ts', default: './of-import.js' },
    require: { types: './t.d.cts', default: './of-require.cjs' },
  };
  writeFiles(folder(), {
    'package.json': '{}',
    [`${INSTALLED}/package.json`]: JSON.stringify({
      name: 'millrace',
      version: '1.0.0',
      exports: { '.': entry },
    }),
    [`${INSTALLED}/of-import.js`]: '',
    [`${INSTALLED}/of-require.cjs`]: '',
  });
  expect(libraryOf(folder(), 'head')).toBe(url(INSTALLED, 'of-import.js'));
});

test('of one with a single file that one is taken', () => {
  const manifest = {
    name: 'millrace',
    version: '1.0.0',
    exports: { '.': { default: './index.js' } },
  };
  writeFiles(folder(), {
    'package.json': '{}',
    [`${INSTALLED}/package.json`]: JSON.stringify(manifest),
    [`${INSTALLED}/index.js`]: '',
  });
  expect(libraryOf(folder(), 'head')).toBe(url(INSTALLED, 'index.js'));
});

test('one that is not there is missing, and one that can not be used is an error', () => {
  writeFiles(folder(), { 'package.json': '{}' });
  expect(libraryOf(folder(), 'head')).toBeUndefined();
  writeFiles(folder(), {
    [`${INSTALLED}/package.json`]: JSON.stringify({
      name: 'millrace',
      version: '1.0.0',
      exports: {},
    }),
  });
  expect(() => libraryOf(folder(), 'head')).toThrow(
    "The package 'millrace' of head can't be found",
  );
});
