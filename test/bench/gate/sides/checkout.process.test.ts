import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BuildError } from '../../../../build/bench/gate/sides/build-command.js';
import {
  type Checkout,
  checkOutSides,
  type CheckoutOptions,
} from '../../../../build/bench/gate/sides/checkout.js';
import { Janitor } from '../../../../build/bench/gate/cleanup/janitor.js';
import { findSides, type SidesOptions } from '../../../../build/bench/gate/sides/sides.js';
import {
  ScratchRepository,
  scratchFolder,
  writeFiles,
} from '../../../helpers/scratch-repository.js';

const folder = scratchFolder();
let temporary: string;
let janitor: Janitor;
let repository: ScratchRepository;
let steps: string[];
beforeEach(() => {
  temporary = join(folder(), 'tmp');
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  janitor = Janitor.start();
  repository = new ScratchRepository(join(folder(), 'repository'));
  repository.commit({ 'side.txt': 'base', 'packages/a/own.txt': 'base' });
  steps = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await janitor.close();
  expect(readdirSync(temporary)).toEqual([]);
  expect(repository.worktrees()).toEqual([repository.directory]);
  expect(readdirSync(join(repository.directory, '.git'))).not.toContain('worktrees');
});

async function checkOut(
  sides: Partial<SidesOptions> = {},
  options: Partial<CheckoutOptions> = {},
): Promise<{ base: Checkout; head: Checkout }> {
  const isAA = sides.base === undefined;
  return await checkOutSides(await findSides({ directory: repository.directory, isAA, ...sides }), {
    janitor,
    signal: new AbortController().signal,
    onStep: (text) => void steps.push(text),
    ...options,
  });
}

function read(...path: readonly string[]): string {
  return readFileSync(join(...path), 'utf8');
}

test('both sides, with the folder that the caller is in; nothing to build, nothing is run', async () => {
  const first = repository.git('rev-parse', 'HEAD');
  const second = repository.commit({ 'side.txt': 'head', 'packages/a/own.txt': 'head' });
  const directory = join(repository.directory, 'packages/a');
  const { base, head } = await checkOut({ directory, base: 'HEAD~1', head: 'main' });
  expect(base).toMatchObject({ ref: 'HEAD~1', commit: first });
  expect(head).toMatchObject({ ref: 'main', commit: second });
  for (const [side, text] of [
    [base, 'base'],
    [head, 'head'],
  ] as const) {
    expect(side.directory).toBe(join(side.top, 'packages/a'));
    expect(read(side.top, 'side.txt')).toBe(text);
    expect(read(side.directory, 'own.txt')).toBe(text);
  }
  expect(steps).toEqual(['base: git worktree add', 'head: git worktree add']);
  expect(base.top.length).toBe(head.top.length);
  expect(repository.worktrees().toSorted()).toEqual(
    [repository.directory, base.top, head.top].toSorted(),
  );
});

test('the same commit makes two folders, and leaves the worktrees of others alone', async () => {
  const other = join(folder(), 'other');
  repository.git('worktree', 'add', '--quiet', '--detach', other);
  const { base, head } = await checkOut();
  expect(base.commit).toBe(head.commit);
  expect(base.top).not.toBe(head.top);
  await janitor.close();
  expect(repository.worktrees()).toEqual([repository.directory, other]);
  repository.git('worktree', 'remove', other);
});

test('a lockfile and a build, without a network', async () => {
  const lock = { name: 'x', version: '1.0.0', lockfileVersion: 3, packages: {} };
  repository.commit({
    'package.json': JSON.stringify({
      name: 'x',
      version: '1.0.0',
      scripts: { build: 'node build.js' },
    }),
    'package-lock.json': JSON.stringify(lock),
    'build.js': "require('node:fs').writeFileSync('built.txt', process.execPath);",
    '.gitignore': 'built.txt',
  });
  vi.stubEnv('npm_config_offline', 'true');
  // On Node 22 and later npm keeps compiled code in the folder for temporary files.
  vi.stubEnv('NODE_DISABLE_COMPILE_CACHE', '1');
  const { base, head } = await checkOut();
  expect(steps).toEqual(
    ['base', 'head'].flatMap((side) => [
      `${side}: git worktree add`,
      `${side}: npm ci --no-audit --no-fund`,
      `${side}: npm run build`,
    ]),
  );
  for (const { top } of [base, head]) expect(read(top, 'built.txt')).toBe(process.execPath);
  expect(readdirSync(repository.directory)).not.toContain('built.txt');
});

test("configured commands: this Node, the side's own repository, and none of the caller's dependencies", async () => {
  vi.stubEnv('GIT_DIR', join(repository.directory, '.git'));
  // `tools` is where pnpm/action-setup puts pnpm; `own` is what npm adds to the PATH of a script that runs the gate.
  const tools = join(folder(), 'setup-pnpm', 'node_modules', '.bin');
  const own = [
    join(repository.directory, 'node_modules', '.bin'),
    join(repository.directory, 'packages', 'a', 'node_modules', '.bin'),
  ];
  vi.stubEnv('PATH', [...own, tools, process.env['PATH']].join(delimiter));
  const commands = ['git rev-parse --show-toplevel > top', 'echo "$PATH" > path', 'node -p 1'];
  const { base, head } = await checkOut({}, { commands });
  for (const { top } of [base, head]) {
    expect(read(top, 'top')).toBe(`${top}\n`);
    const paths = read(top, 'path').trim().split(delimiter);
    expect(paths[0]).toBe(dirname(process.execPath));
    expect(paths).toContain(tools);
    for (const path of own) expect(paths).not.toContain(path);
  }
});

test('a build that fails says whose, which commit, how, and shows the end of its output', async () => {
  const commit = repository.git('rev-parse', 'HEAD');
  const failing = `seq 1 30; printf '\\033[31mred\\033[0m\\n'; exit 7`;
  const error = await checkOut({}, { commands: ['true', failing] }).catch(
    (reason: unknown) => reason as Error,
  );
  expect(error).toBeInstanceOf(BuildError);
  const [first, ...lines] = (error as Error).message.split('\n');
  expect(first).toBe(
    `The build of base (HEAD, ${commit.slice(0, 7)}) failed: '${failing}' ended with exit code 7. ` +
      'The end of its output:',
  );
  expect(lines).toEqual([...Array.from({ length: 19 }, (_, i) => `  ${i + 12}`), '  red']);
  expect(steps).not.toContain('head: git worktree add');
});

test('a build that fails only on head; one that a signal ended and that wrote nothing', async () => {
  repository.commit({ 'side.txt': 'head' });
  const commands = ['grep -q base side.txt || kill -KILL $$'];
  await expect(checkOut({ base: 'HEAD~1' }, { commands })).rejects.toThrow(
    /^The build of head \(HEAD, \w{7}\) failed: '.*' ended with SIGKILL\. It wrote nothing\.$/,
  );
});

test('files that git cannot write', async () => {
  repository.commit({ '.gitattributes': '*.bin filter=broken', 'x.bin': 'x' });
  repository.git('config', 'filter.broken.smudge', 'echo no such filter >&2; exit 1');
  repository.git('config', 'filter.broken.clean', 'cat');
  repository.git('config', 'filter.broken.required', 'true');
  await expect(checkOut()).rejects.toThrow(
    /^The build of base .* 'git worktree add' ended with exit code \d+.*\n[^]*no such filter/,
  );
});

test('a folder that base does not have yet is not built there; one that head lacks is an error', async () => {
  repository.commit({ 'packages/b/new.txt': '' });
  const directory = join(repository.directory, 'packages/b');
  const { base, head } = await checkOut({ directory, base: 'HEAD~1' }, { commands: ['true'] });
  expect(existsSync(base.directory)).toBe(false);
  expect(existsSync(head.directory)).toBe(true);
  expect(steps).toEqual(['base: git worktree add', 'head: git worktree add', 'head: true']);
  await expect(checkOut({ directory, base: 'HEAD', head: 'HEAD~1' })).rejects.toThrow(
    /^There is no folder 'packages\/b' in head \(HEAD~1, \w{7}\)\.$/,
  );
});

test('submodules are there, and hooks are not run', async () => {
  vi.stubEnv('GIT_ALLOW_PROTOCOL', 'file');
  const library = new ScratchRepository(join(folder(), 'library'));
  library.commit({ 'library.txt': 'library' });
  repository.git('submodule', '--quiet', 'add', library.directory, 'vendor/library');
  repository.commit();
  writeFiles(repository.directory, { '.git/hooks/post-checkout': '#!/bin/sh\ntouch hooked\n' });
  chmodSync(join(repository.directory, '.git/hooks/post-checkout'), 0o755);
  const { base, head } = await checkOut();
  for (const { top } of [base, head]) {
    expect(read(top, 'vendor/library/library.txt')).toBe('library');
    expect(readdirSync(top)).not.toContain('hooked');
  }
  expect(steps).toContain('head: git submodule update');
});

test('an interruption between commands and one before', async () => {
  const interruption = new AbortController();
  const { signal } = interruption;
  const onStep = (text: string) => {
    if (text === 'base: true') interruption.abort(new Error('interrupted'));
  };
  await expect(checkOut({}, { commands: ['true'], signal, onStep })).rejects.toThrow('interrupted');
  await expect(checkOut({}, { signal })).rejects.toThrow('interrupted');
  expect(steps).toEqual(['base: git worktree add']);
});
