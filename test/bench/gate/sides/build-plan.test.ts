import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { planBuild } from '../../../../bench/gate/sides/build-plan.js';
import { scratchFolder, writeFiles } from '../../../helpers/scratch-repository.js';

const folder = scratchFolder();

/** The planned commands as 'folder> command'; `below` is the working folder, relative to the top. */
function plan(files: Readonly<Record<string, string>>, below = ''): string[] {
  const top = join(folder(), 'top');
  writeFiles(top, { 'README.md': '', ...files });
  return planBuild(top, join(top, below)).map(
    ({ command, directory }) => `${relative(top, directory)}> ${command}`,
  );
}

function pack(scripts: Readonly<Record<string, string>> = {}, more: object = {}): string {
  return JSON.stringify({ name: 'x', scripts, ...more });
}

const npm = '> npm ci --no-audit --no-fund';

test.each([
  { files: { 'package-lock.json': '{}' }, install: npm, run: 'npm' },
  { files: { 'npm-shrinkwrap.json': '{}' }, install: npm, run: 'npm' },
  { files: { 'pnpm-lock.yaml': '' }, install: '> pnpm install --frozen-lockfile', run: 'pnpm' },
  {
    files: { 'yarn.lock': '# yarn lockfile v1\n' },
    install: '> yarn install --frozen-lockfile',
    run: 'yarn',
  },
  {
    files: { 'yarn.lock': '# generated\n\n__metadata:\n  version: 8\n' },
    install: '> yarn install --immutable',
    run: 'yarn',
  },
  { files: { 'bun.lock': '' }, install: '> bun install --frozen-lockfile', run: 'bun' },
  { files: { 'bun.lockb': '' }, install: '> bun install --frozen-lockfile', run: 'bun' },
  { files: { 'package-lock.json': '{}', 'yarn.lock': '' }, install: npm, run: 'npm' },
])('$files: $install', ({ files, install, run }) => {
  expect(plan({ ...files, 'package.json': pack({ build: 'x' }) })).toEqual([
    install,
    `> ${run} run build`,
  ]);
});

test.each([
  { what: 'nothing at all', files: {}, steps: [] },
  { what: 'neither dependencies nor a build', files: { 'package.json': pack() }, steps: [] },
  {
    what: 'only a build',
    files: { 'package.json': pack({ build: 'x' }) },
    steps: ['> npm run build'],
  },
  {
    what: 'dependencies and no lockfile',
    files: { 'package.json': pack({}, { devDependencies: { a: '1' } }) },
    steps: ['> npm install --no-package-lock --no-audit --no-fund'],
  },
  {
    what: 'a package.json that is none',
    files: { 'package.json': '{', 'package-lock.json': '{}' },
    steps: [npm],
  },
])('$what', ({ files, steps }) => {
  expect(plan(files)).toEqual(steps);
});

test.each([
  { prepare: 'npm run build', isBuilt: true },
  { prepare: 'husky; npm run build && echo', isBuilt: true },
  { prepare: 'pnpm build', isBuilt: true },
  { prepare: 'npm run build:types', isBuilt: false },
  { prepare: 'npm run build-docs', isBuilt: false },
  { prepare: 'husky', isBuilt: false },
])("the install runs '$prepare': built already: $isBuilt", ({ prepare, isBuilt }) => {
  const own = pack({ prepare, build: 'x' });
  const build = isBuilt ? [] : ['> npm run build'];
  expect(plan({ 'package.json': own, 'package-lock.json': '{}' })).toEqual([npm, ...build]);
});

test.each(['preprepare', 'postprepare'])("npm's install runs %s, too", (script) => {
  const own = pack({ [script]: 'npm run build', build: 'x' });
  expect(plan({ 'package.json': own, 'package-lock.json': '{}' })).toEqual([npm]);
});

test('of pnpm that is not relied upon', () => {
  const own = pack({ postprepare: 'pnpm build', build: 'x' });
  expect(plan({ 'package.json': own, 'pnpm-lock.yaml': '' })).toContain('> pnpm run build');
});

test("yarn 2 and later know no 'prepare'", () => {
  const own = pack({ prepare: 'yarn build', build: 'x' });
  expect(plan({ 'package.json': own, 'yarn.lock': '__metadata:\n' })).toContain('> yarn run build');
});

test.each([
  {
    what: 'the lockfile of a workspace is at the top',
    files: {
      'package.json': pack({ build: 'all', prepare: 'npm run build' }),
      'package-lock.json': '{}',
      'packages/a/package.json': pack({ build: 'x', prepare: 'npm run build' }),
    },
    below: 'packages/a',
    steps: [npm, 'packages/a> npm run build'],
  },
  {
    what: 'the nearest lockfile goes before the one at the top',
    files: {
      'yarn.lock': '',
      'packages/a/package.json': pack(),
      'packages/a/package-lock.json': '{}',
    },
    below: 'packages/a',
    steps: ['packages/a> npm ci --no-audit --no-fund'],
  },
  {
    what: 'a folder without a package of its own belongs to the one above',
    files: { 'package.json': pack({ build: 'x' }), 'bench/jobs.js': '' },
    below: 'bench',
    steps: ['> npm run build'],
  },
  {
    what: 'nothing outside the worktree counts',
    files: { '../package.json': pack({ build: 'x' }), '../package-lock.json': '{}' },
    below: '',
    steps: [],
  },
])('$what', ({ files, below, steps }) => {
  expect(plan(files, below)).toEqual(steps);
});
