/** Loads files that can't be loaded, in a real process: the message has the whole error and a remedy. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { find } from '../../../../build/bench/gate/find/finding.js';
import { readTarget } from '../../../../build/bench/gate/find/target.js';
import { scratchFolder, writeFiles } from '../../../helpers/scratch-repository.js';

const scratch = scratchFolder();
const watching = {
  signal: new AbortController().signal,
  watch: async () => async () => {},
};
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const LOADS_TYPESCRIPT =
  major >= 24 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);

/** The error for files that only head has. */
async function failureOf(run: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folders = { base: join(scratch(), 'base'), head: join(scratch(), 'head') };
  mkdirSync(folders.base);
  writeFiles(folders.head, files);
  const found = find(readTarget({ run }, scratch()), folders, [], watching);
  return await found.then(
    () => 'It was found.',
    (error: Error) => error.message,
  );
}

const long = Array.from({ length: 40 }, (_, index) => `part ${index}`).join(', ');

test.skipIf(LOADS_TYPESCRIPT)('TypeScript, where Node does not load it', async () => {
  const files = { 'jobs.ts': 'export default (n: number) => n;' };
  expect(await failureOf('./jobs.ts', files)).toBe(
    'jobs.ts can\'t be loaded on head: TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" ' +
      `for jobs.ts. Node ${process.versions.node} can't load TypeScript. Run the gate on Node 22.18, 23.6 or ` +
      "later, or let tsx load it, installed on both sides: NODE_OPTIONS='--import tsx'.",
  );
});

test.each([
  {
    what: 'a package that is not installed',
    run: './a.bench.mjs',
    files: {
      'a.bench.mjs': "import { Bench } from 'tinybench';\nexport const bench = new Bench();",
    },
    message:
      /^a\.bench\.mjs can't be loaded on head: Error \[ERR_MODULE_NOT_FOUND\]: Cannot find package 'tinybench' imported from a\.bench\.mjs\. tinybench has to be among that commit's devDependencies/,
  },
  {
    what: 'a file that a build would make',
    run: './jobs.mjs',
    files: { 'jobs.mjs': "import './dist/lib.mjs';" },
    message:
      /Cannot find module 'dist\/lib\.mjs' imported from jobs\.mjs\. If a build makes it, name the commands: '--build COMMAND'/,
  },
  {
    what: 'an error of several lines, whole and with its place',
    run: './jobs.mjs',
    files: {
      'jobs.mjs': 'import "./lib.mjs";',
      'lib.mjs': `throw new RangeError(\`first\n${long}\`);`,
    },
    message: new RegExp(
      `^jobs\\.mjs can't be loaded on head: RangeError: first ${long} \\(lib\\.mjs:1\\)\\.$`,
    ),
  },
  {
    what: 'a mistake in a file that it imports',
    run: './jobs.mjs',
    files: { 'jobs.mjs': 'import "./lib.mjs";', 'lib.mjs': 'export const a = 1;\nconst = 4;' },
    message: /^jobs\.mjs can't be loaded on head: SyntaxError: .* \(lib\.mjs:2\)\.$/,
  },
  {
    what: 'a Vitest bench file on a side without Vitest',
    run: './a.bench.ts',
    files: { 'a.bench.ts': "import { bench } from 'vitest';\nbench('a', () => {});" },
    message: /^'\.\/a\.bench\.ts' is a Vitest bench file, but Vitest is not installed on head\./,
  },
  {
    what: 'a file that exports nothing to measure',
    run: './a.bench.mjs',
    files: { 'a.bench.mjs': 'export const size = 7;\nexport function parse() {}' },
    message:
      /a\.bench\.mjs exports no tinybench Bench and no default function; it has parse\. Export the Bench as default or as 'bench', or name a function: '\.\/a\.bench\.mjs#name'\.$/,
  },
])('$what', async ({ run, files, message }) => {
  expect(await failureOf(run, files)).toMatch(message);
});
