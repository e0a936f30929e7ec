import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UsageError } from '../../../../bench/options/flags.js';
import { findSides } from '../../../../bench/gate/sides/sides.js';
import { gitIn, ScratchRepository, scratchFolder } from '../../../helpers/scratch-repository.js';

const folder = scratchFolder();
beforeEach(() => vi.stubEnv('GITHUB_BASE_REF', ''));
afterEach(() => vi.unstubAllEnvs());

function makeRepository(): ScratchRepository {
  const repository = new ScratchRepository(join(folder(), 'repository'));
  repository.commit({ 'a.txt': 'a', 'packages/a/b.txt': 'b' });
  return repository;
}

async function refusal(options: Parameters<typeof findSides>[0]): Promise<string> {
  const error = await findSides(options).then(
    () => new Error('It was not refused.'),
    (reason: unknown) => reason as Error,
  );
  expect(error).toBeInstanceOf(UsageError);
  return error.message;
}

test('base is the commit where head left the main branch', async () => {
  const repository = makeRepository();
  const fork = repository.git('rev-parse', 'HEAD');
  repository.git('switch', '--quiet', '--create', 'topic');
  const topic = repository.commit({ 'a.txt': 'topic' });
  repository.git('switch', '--quiet', 'main');
  repository.commit({ 'a.txt': 'main' });
  repository.git('switch', '--quiet', 'topic');
  const sides = await findSides({ directory: repository.directory });
  expect(sides).toMatchObject({
    base: { ref: 'merge base with main', commit: fork },
    head: { ref: 'HEAD', commit: topic },
    notes: [],
  });
});

test('in GitHub Actions base is where head left the target of the pull request', async () => {
  const server = makeRepository();
  const fork = server.commit({ 'a.txt': 'release' });
  server.git('branch', 'release');
  server.git('switch', '--quiet', '--create', 'topic');
  server.commit({ 'a.txt': 'topic' });
  server.git('switch', '--quiet', 'main');
  server.git('reset', '--quiet', '--hard', 'HEAD~1');
  server.git('switch', '--quiet', 'topic');
  const clone = join(folder(), 'clone');
  gitIn(folder(), 'clone', '--quiet', server.directory, clone);
  vi.stubEnv('GITHUB_BASE_REF', 'release');
  expect((await findSides({ directory: clone })).base).toEqual({
    ref: 'merge base with origin/release',
    commit: fork,
  });
  expect(await refusal({ directory: clone, head: 'origin/release' })).toMatch(
    /^Base \(origin\/release, .{7}\) contains head \(origin\/release, .{7}\)/,
  );
  vi.stubEnv('GITHUB_BASE_REF', 'relaese');
  expect(await refusal({ directory: clone })).toBe(
    "GITHUB_BASE_REF is 'origin/relaese'; valid is a branch, a tag or a commit of this repository. " +
      "Did you mean 'origin/release'?",
  );
});

test('on the main branch base is what was there before', async () => {
  const repository = makeRepository();
  const before = repository.git('rev-parse', 'HEAD');
  repository.commit({ 'a.txt': 'newer' });
  const { base, notes } = await findSides({ directory: repository.directory });
  expect(base).toEqual({ ref: 'HEAD~1', commit: before });
  expect(notes).toEqual([]);
});

test("the server's main branch goes before local ones, whatever its name", async () => {
  const server = makeRepository();
  server.git('branch', '--move', 'trunk');
  const clone = join(folder(), 'clone');
  gitIn(folder(), 'clone', '--quiet', server.directory, clone);
  gitIn(clone, 'branch', 'main');
  gitIn(clone, 'commit', '--quiet', '--allow-empty', '--message', 'newer');
  const { base } = await findSides({ directory: clone });
  expect(base.ref).toBe('merge base with origin/trunk');
});

test('named sides may be a branch, a tag, an abbreviation or an expression', async () => {
  const repository = makeRepository();
  const first = repository.git('rev-parse', 'HEAD');
  repository.git('tag', '--annotate', '--message', 'one', 'v1');
  const second = repository.commit({ 'a.txt': 'second' });
  const { directory } = repository;
  for (const [base, head] of [
    ['v1', 'main'],
    ['HEAD~1', second.slice(0, 9)],
  ] as const) {
    const sides = await findSides({ directory, base, head });
    expect(sides.base).toEqual({ ref: base, commit: first });
    expect(sides.head).toEqual({ ref: head, commit: second });
  }
});

test('the same commit on both sides is an error with the way out, unless it is asked for', async () => {
  const repository = makeRepository();
  const { directory } = repository;
  const short = repository.git('rev-parse', '--short=7', 'HEAD');
  const wayOut = 'Name another base: --base <git ref>; to compare a commit with itself: --aa.';
  expect(await refusal({ directory })).toBe(
    `Base (merge base with main) and head (HEAD) are the same commit, ${short}. ${wayOut}`,
  );
  expect(await refusal({ directory, base: 'main', head: 'HEAD' })).toBe(
    `Base (main) and head (HEAD) are the same commit, ${short}. ${wayOut}`,
  );
  const commit = repository.git('rev-parse', 'HEAD');
  expect(await findSides({ directory, isAA: true })).toMatchObject({
    base: { ref: 'HEAD', commit },
    head: { ref: 'HEAD', commit },
    notes: [`A/A gate: HEAD (${short}) is compared with itself.`],
  });
});

test('a shallow clone whose only commit is head says how to fetch the others', async () => {
  const server = makeRepository();
  server.commit({ 'a.txt': 'newer' });
  const clone = join(folder(), 'clone');
  gitIn(folder(), 'clone', '--quiet', '--depth=1', `file://${server.directory}`, clone);
  const message = await refusal({ directory: clone });
  expect(message).toMatch(/^Base \(.*\) and head \(HEAD\) are the same commit/);
  expect(message).toContain("'fetch-depth: 0'");
});

test('an older commit of the main branch is compared with its parent, and a note says so', async () => {
  const repository = makeRepository();
  const first = repository.git('rev-parse', 'HEAD');
  const second = repository.commit({ 'a.txt': 'second' });
  repository.commit({ 'a.txt': 'third' });
  const { base, head, notes } = await findSides({ directory: repository.directory, head: second });
  expect([base.commit, head.commit]).toEqual([first, second]);
  expect(notes).toEqual([
    `${second} is an older commit of main: it is compared with its parent. --base names another one.`,
  ]);
});

test('a base that contains head is an error, unless both are named', async () => {
  const repository = makeRepository();
  const first = repository.git('rev-parse', 'HEAD');
  repository.git('switch', '--quiet', '--create', 'topic');
  repository.git('switch', '--quiet', 'main');
  const newer = repository.commit({ 'a.txt': 'main' });
  repository.git('switch', '--quiet', 'topic');
  const { directory } = repository;
  expect(await refusal({ directory, base: 'main' })).toBe(
    `Base (main, ${newer.slice(0, 7)}) contains head (HEAD, ${first.slice(0, 7)}), which has no change of its ` +
      'own. Name another base, or both sides to judge the older commit: --base main --head HEAD.',
  );
  const sides = await findSides({ directory, base: 'main', head: 'HEAD' });
  expect([sides.base.commit, sides.head.commit]).toEqual([newer, first]);
});

test('in the middle of a rebase HEAD is nothing to judge', async () => {
  const repository = makeRepository();
  repository.git('switch', '--quiet', '--create', 'topic');
  repository.commit({ 'a.txt': 'one' });
  const topic = repository.commit({ 'a.txt': 'two' });
  repository.git('-c', 'sequence.editor=sed -i s/^pick/edit/', 'rebase', '--quiet', '-i', 'HEAD~2');
  const { directory } = repository;
  expect(await refusal({ directory })).toContain(
    'A rebase is in progress, and HEAD is one of its intermediate commits.',
  );
  expect((await findSides({ directory, head: topic })).head.commit).toBe(topic);
  repository.git('rebase', '--abort');
  expect((await findSides({ directory })).head.commit).toBe(topic);
});

test.each([
  { base: 'mian', meant: " Did you mean 'main'?" },
  { base: 'feature', meant: " Did you mean 'origin/feature'?" },
  { base: '--output=x', meant: '' },
  { base: 'HEAD:a.txt', meant: '' },
  { base: 'f'.repeat(40), meant: '' },
])("the ref '$base', which does not exist", async ({ base, meant }) => {
  const repository = makeRepository();
  repository.git('update-ref', 'refs/remotes/origin/feature', 'HEAD');
  expect(await refusal({ directory: repository.directory, base })).toBe(
    `Option '--base' is '${base}'; valid is a branch, a tag or a commit of this repository.${meant}`,
  );
});

test('a repository without a commit', async () => {
  const { directory } = new ScratchRepository(join(folder(), 'empty'));
  expect(await refusal({ directory })).toBe(`The repository '${directory}' has no commit yet.`);
});

test('a repository without a main branch, and one that shares no commit with it', async () => {
  const repository = makeRepository();
  const { directory } = repository;
  repository.git('switch', '--quiet', '--orphan', 'topic');
  repository.commit({ 'c.txt': 'c' });
  expect(await refusal({ directory })).toBe(
    'HEAD and main have no commit in common. Name the base: --base <git ref>.',
  );
  repository.git('branch', '--quiet', '--delete', '--force', 'main');
  expect(await refusal({ directory })).toBe(
    'There is no main branch here (none of origin/HEAD, origin/main, origin/master, main, master). ' +
      'Name the base: --base <git ref>.',
  );
});

test('a shallow clone that lacks the base, the merge base or the main branch', async () => {
  const server = makeRepository();
  const first = server.git('rev-parse', 'HEAD');
  server.commit({ 'a.txt': 'main' });
  server.git('switch', '--quiet', '--create', 'topic', first);
  server.commit({ 'a.txt': 'topic' });
  server.git('switch', '--quiet', 'main');
  const url = `file://${server.directory}`;
  const all = join(folder(), 'all');
  const one = join(folder(), 'one');
  const shallow = ['clone', '--quiet', '--depth=1', '--branch=topic'];
  gitIn(folder(), ...shallow, '--no-single-branch', url, all);
  gitIn(folder(), ...shallow, url, one);
  const messages = [
    await refusal({ directory: all, base: first }),
    await refusal({ directory: all, base: 'origin/main', head: first }),
    await refusal({ directory: one, base: 'main' }),
    await refusal({ directory: one }),
    await refusal({ directory: all }),
  ];
  expect(messages.map((message) => message.split(', and this clone')[0])).toEqual([
    `Option '--base' is '${first}'; valid is a branch, a tag or a commit`,
    `Option '--head' is '${first}'; valid is a branch, a tag or a commit`,
    `Option '--base' is 'main'; valid is a branch, a tag or a commit`,
    expect.stringContaining('There is no main branch here') as string,
    'HEAD and origin/main have no commit in common',
  ]);
  for (const message of messages) {
    expect(message).toContain('is shallow');
    expect(message).toContain("'git fetch --unshallow'");
    expect(message).toContain("'fetch-depth: 0'");
  }
  const { base } = await findSides({ directory: all, base: 'origin/main' });
  expect(base.commit).toBe(server.git('rev-parse', 'main'));
});

test.each([
  { what: 'changed', change: ['a.txt'], shown: 'a.txt' },
  { what: 'added', change: ['new.txt'], isAdded: true, shown: 'new.txt' },
  {
    what: 'too many to show',
    change: ['1', '2', '3', '4', '5', '6'],
    isAdded: true,
    shown: '1, 2, 3, 4, 5 …',
  },
])('$what: files that are not committed', async ({ change, isAdded = false, shown }) => {
  const repository = makeRepository();
  const { directory } = repository;
  for (const name of change) writeFileSync(join(directory, name), 'changed');
  if (isAdded) repository.git('add', '--all');
  expect(await refusal({ directory: join(directory, 'packages') })).toBe(
    `Changes that are not committed would not be measured (${shown}). ` +
      'Commit or stash them, or measure the commit without them: --head HEAD.',
  );
  await expect(findSides({ directory, head: 'HEAD', isAA: true })).resolves.toMatchObject({
    head: { commit: repository.git('rev-parse', 'HEAD') },
  });
});

test('files that git does not know are noted', async () => {
  const repository = makeRepository();
  const { directory } = repository;
  repository.commit({ '.gitignore': 'ignored' });
  for (const name of ['new.txt', 'ignored']) writeFileSync(join(directory, name), 'x');
  const { notes } = await findSides({ directory, base: 'HEAD~1' });
  expect(notes).toEqual(['1 file or folder is not in git, and so in neither side.']);
});
