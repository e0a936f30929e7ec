import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { findRepository } from '../../../../bench/gate/sides/repository.js';
import { gitIn, ScratchRepository, scratchFolder } from '../../../helpers/scratch-repository.js';

const folder = scratchFolder();
afterEach(() => vi.unstubAllEnvs());

test.each([
  { what: 'the top folder', below: '' },
  { what: 'a folder below', below: 'packages/a' },
])('from $what', async ({ below }) => {
  const { directory } = new ScratchRepository(folder());
  mkdirSync(join(directory, below), { recursive: true });
  expect(await findRepository(join(directory, below))).toEqual({
    top: directory,
    gitFolder: join(directory, '.git'),
    prefix: below,
    isShallow: false,
  });
});

test('from a worktree: what git keeps is with the main one', async () => {
  const repository = new ScratchRepository(join(folder(), 'repository'));
  repository.commit();
  const worktree = join(folder(), 'worktree');
  repository.git('worktree', 'add', '--quiet', worktree);
  expect(await findRepository(worktree)).toMatchObject({
    top: worktree,
    gitFolder: join(repository.directory, '.git'),
  });
});

test("from a hook, whose environment names another repository, the folder's own", async () => {
  const { directory } = new ScratchRepository(join(folder(), 'own'));
  const other = new ScratchRepository(join(folder(), 'other'));
  vi.stubEnv('GIT_DIR', join(other.directory, '.git'));
  expect(await findRepository(directory)).toMatchObject({ top: directory });
});

test.each([
  {
    what: 'no repository',
    make: () => folder(),
    message: 'is not in a git repository. Run it in one: base and head are its commits.',
  },
  {
    what: 'a bare repository',
    make: () => (gitIn(folder(), 'init', '--quiet', '--bare', '.'), folder()),
    message: 'is a bare repository, which has no files to measure. Run it in a clone.',
  },
  {
    what: "git's own folder",
    make: () => join(new ScratchRepository(folder()).directory, '.git'),
    message: "is inside git's own folder. Run it where the repository's files are.",
  },
])('$what', async ({ make, message }) => {
  const directory = make();
  await expect(findRepository(directory)).rejects.toThrow(
    new UsageError(`'${directory}' ${message}`),
  );
});

test('no such folder', async () => {
  const directory = join(folder(), 'missing');
  await expect(findRepository(directory)).rejects.toThrow(
    new UsageError(`There is no folder '${directory}'.`),
  );
});

test('no git', async () => {
  vi.stubEnv('PATH', folder());
  await expect(findRepository(folder())).rejects.toThrow(
    new UsageError(
      "There is no 'git' on the PATH. Install it: base and head are taken from the repository.",
    ),
  );
});

test.runIf(process.getuid?.() === 0)("another user's repository", async () => {
  const { directory } = new ScratchRepository(folder());
  chownSync(directory, 12_345, 12_345);
  chownSync(join(directory, '.git'), 12_345, 12_345);
  vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
  vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
  await expect(findRepository(directory)).rejects.toThrow(
    new UsageError(
      `git refuses '${directory}', which belongs to another user. ` +
        `Trust it: git config --global --add safe.directory '${directory}'`,
    ),
  );
});
