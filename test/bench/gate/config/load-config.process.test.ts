/** Loads configurations in a separate process: the test runner would load TypeScript on any version of Node. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runProgram } from '../../../helpers/programs.js';

// The types are those of the oldest supported version of Node.
const { typescript = false } = process.features as { typescript?: string | false };
const runsTypeScript = typescript !== false;
const DEFINED = "import { defineConfig } from 'millrace/config';\nexport default defineConfig(";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules', 'millrace'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

/** @returns `{ loaded }`, `{}` if there is no configuration, or the name and message of the error. */
async function load(directory: string, path?: string): Promise<Record<string, unknown>> {
  const args = path === undefined ? [directory] : [directory, path];
  const { lines, stderr } = await runProgram('load-config.mjs', { args });
  expect(stderr).toBe('');
  return JSON.parse(lines[0] as string) as Record<string, unknown>;
}

describe('is found', () => {
  test.each([
    { file: 'millrace.config.json', content: '{ "seconds": 30 }' },
    { file: 'millrace.config.mjs', content: `${DEFINED}{ seconds: 30 });` },
    { file: 'millrace.config.cjs', content: 'module.exports = { seconds: 30 };' },
    { file: 'millrace.config.js', content: 'module.exports = { seconds: 30 };' },
  ])('$file', async ({ file, content }) => {
    write({ [file]: content });
    expect(await load(folder)).toEqual({ loaded: { file, config: { seconds: 30 } } });
  });

  test('as a module in a folder of modules', async () => {
    write({
      'package.json': '{"type":"module"}',
      'millrace.config.js': `${DEFINED}{ base: 'x' });`,
    });
    expect(await load(folder)).toMatchObject({ loaded: { config: { base: 'x' } } });
  });

  test.runIf(runsTypeScript).each(['ts', 'mts'])('as TypeScript: .%s', async (ending) => {
    write({
      [`millrace.config.${ending}`]: `const seconds: number = 30;\n${DEFINED}{ seconds });`,
    });
    expect(await load(folder)).toMatchObject({ loaded: { config: { seconds: 30 } } });
  });

  test('where it is named, beside another one', async () => {
    write({ 'millrace.config.json': '{}', 'gate.mjs': 'export default { base: "x" };' });
    expect(await load(folder, 'gate.mjs')).toEqual({
      loaded: { file: 'gate.mjs', config: { base: 'x' } },
    });
  });

  test('in the folder itself and not above it', async () => {
    write({ 'millrace.config.json': '{}' });
    const below = join(folder, 'below');
    mkdirSync(below);
    expect(await load(below)).toEqual({});
  });
});

describe('is refused', () => {
  test.each([
    {
      what: 'two of them',
      files: { 'millrace.config.mjs': 'export default {};', 'millrace.config.json': '{}' },
      message: "'millrace.config.mjs' and 'millrace.config.json'; valid is one.",
    },
    {
      what: 'a wrong value',
      files: { 'millrace.config.json': '{ "scenarios": [{ "run": 1 }] }' },
      message: "'millrace.config.json': scenarios[0].run must be a string, but is 1.",
    },
    {
      what: 'an empty file',
      files: { 'millrace.config.json': '' },
      message: "millrace.config.json' is not JSON: it is empty.",
    },
    {
      what: 'a module that exports nothing',
      files: { 'millrace.config.mjs': 'export const config = {};' },
      message:
        "'millrace.config.mjs' has no default export; valid is 'export default defineConfig({ … })'.",
    },
    {
      what: 'a module that throws',
      files: { 'millrace.config.mjs': 'throw new Error("no token")' },
      message: "'millrace.config.mjs' can't be loaded: no token",
    },
    {
      what: 'a module that throws no error',
      files: { 'millrace.config.mjs': 'throw "no token"' },
      message: "'millrace.config.mjs' can't be loaded: no token",
    },
    {
      what: 'a module with a mistake',
      files: { 'millrace.config.mjs': 'export default {' },
      message: "'millrace.config.mjs' can't be loaded: Unexpected end of input",
    },
    {
      what: 'a function',
      files: { 'millrace.config.mjs': 'export default () => ({});' },
      message: "'millrace.config.mjs' must be an object, but is a function.",
    },
    {
      what: 'a file that is not there',
      files: {},
      path: 'gate.mjs',
      message: "'gate.mjs' can't be read: there is no such file.",
    },
    {
      what: 'another kind of file',
      files: { 'gate.yaml': '' },
      path: 'gate.yaml',
      message:
        "'gate.yaml' is not a configuration; valid is a file that ends in .ts, .mts, .js, .mjs, .cjs, .json.",
    },
  ])('$what', async ({ files, path, message }) => {
    write(files as Record<string, string>);
    const refused = await load(folder, path);
    expect(refused).toMatchObject({ name: 'UsageError' });
    expect(refused['message']).toContain(message);
  });

  test.skipIf(runsTypeScript)('TypeScript on a Node that runs none', async () => {
    write({ 'millrace.config.ts': 'export default {};' });
    expect(await load(folder)).toEqual({
      name: 'UsageError',
      message:
        `'millrace.config.ts' can't be loaded: Node ${process.versions.node} can't run TypeScript; valid is ` +
        "Node 22.18, 23.6 or later, Node with '--import tsx', or a configuration in JavaScript or JSON.",
    });
  });
});
