/**
 * Finds the git repository that a gate is called in.
 *
 * Invariant: a returned repository has a worktree with the caller's folder in it; anything else is a `UsageError` that
 * says what is wrong and how to fix it.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../../options/flags.js';
import { git, GitError } from './git.js';

export interface Repository {
  /** Top folder of its files. */
  readonly top: string;
  /** Folder of the data that all worktrees share: usually `.git` in the top folder. */
  readonly gitFolder: string;
  /** The caller's folder below the top: 'packages/a', or '' for the top itself. */
  readonly prefix: string;
  /** True if it has only the newest commits. */
  readonly isShallow: boolean;
}

/** The tracked files that were changed, and the number of untracked ones. */
export interface Uncommitted {
  readonly changed: readonly string[];
  readonly untracked: number;
}

/** Finds the repository of a folder. @throws UsageError */
export async function findRepository(directory: string): Promise<Repository> {
  const [isBare, hasFiles, isShallow, gitFolder] = await describe(directory);
  if (isBare === 'true') {
    throw new UsageError(
      `'${directory}' is a bare repository, which has no files to measure. Run it in a clone.`,
    );
  }
  if (hasFiles !== 'true') {
    throw new UsageError(
      `'${directory}' is inside git's own folder. Run it where the repository's files are.`,
    );
  }
  const [top = '', prefix = ''] = (
    await git(directory, 'rev-parse', '--show-toplevel', '--show-prefix')
  ).split('\n');
  return {
    top,
    // Newer versions of git can return the absolute path; some images still have 2.30.
    gitFolder: resolve(directory, gitFolder),
    prefix: prefix.replace(/\/$/, ''),
    isShallow: isShallow === 'true',
  };
}

/** Finds the uncommitted changes of a repository. */
export async function findUncommitted({ top }: Repository): Promise<Uncommitted> {
  const status = await git(
    top,
    'status',
    '--porcelain',
    '-z',
    '--no-renames',
    '--ignore-submodules=untracked',
  );
  const entries = status.split('\0').filter((entry) => entry !== '');
  const changed = entries.filter((entry) => !entry.startsWith('??'));
  return {
    changed: changed.map((entry) => entry.slice('XY '.length)),
    untracked: entries.length - changed.length,
  };
}

/** True if a rebase, or `git am`, has stopped halfway. */
export async function isRebasing({ top }: Repository): Promise<boolean> {
  const states = ['rebase-merge', 'rebase-apply'];
  const paths = await git(top, 'rev-parse', ...states.flatMap((state) => ['--git-path', state]));
  return paths.split('\n').some((path) => existsSync(resolve(top, path)));
}

async function describe(directory: string): Promise<readonly [string, string, string, string]> {
  try {
    const answer = await git(
      directory,
      'rev-parse',
      '--is-bare-repository',
      '--is-inside-work-tree',
      '--is-shallow-repository',
      '--git-common-dir',
    );
    return answer.split('\n') as [string, string, string, string];
  } catch (error) {
    throw error instanceof GitError ? new UsageError(reasonOf(error, directory)) : error;
  }
}

function reasonOf({ code, stderr }: GitError, directory: string): string {
  if (code === 'ENOENT') {
    return existsSync(directory)
      ? "There is no 'git' on the PATH. Install it: base and head are taken from the repository."
      : `There is no folder '${directory}'.`;
  }
  if (stderr.includes('not a git repository')) {
    return `'${directory}' is not in a git repository. Run it in one: base and head are its commits.`;
  }
  if (stderr.includes('dubious ownership')) {
    return (
      `git refuses '${directory}', which belongs to another user. ` +
      `Trust it: git config --global --add safe.directory '${directory}'`
    );
  }
  return `git can't read '${directory}': ${stderr.trim()}`;
}
