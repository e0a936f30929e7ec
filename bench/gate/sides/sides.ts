/**
 * Which two commits a gate compares.
 *
 * Invariants: a side is a commit by its full name, looked up once, so that a branch that moves
 * meanwhile changes nothing; what would be measured without what the caller sees in the files is
 * refused, not passed over. Whatever can't be found is a `UsageError` with the way out.
 */
import { UsageError } from '../../options/flags.js';
import { didYouMean } from '../../options/nearest.js';
import { tryGit } from './git.js';
import { findRepository, findUncommitted, type Repository } from './repository.js';
import { shortCommit } from './short-commit.js';

export interface Side {
  /** As it was given, or where it is from: 'HEAD', 'merge base with origin/main'. */
  readonly ref: string;
  /** 40 hex digits (64 where the repository uses SHA-256). */
  readonly commit: string;
}

export interface Sides {
  readonly repository: Repository;
  readonly base: Side;
  readonly head: Side;
  /** What a person should know. */
  readonly notes: readonly string[];
}

export interface SidesOptions {
  /** In which the gate was called. */
  readonly directory: string;
  /** Default: the merge base of head and the main branch. */
  readonly base?: string;
  /** Default: HEAD, and then a change that is not committed is an error. */
  readonly head?: string;
}

/** What may be the main branch, the likeliest first; origin/HEAD is what the server calls so. */
const MAIN_BRANCHES = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];
const FILES_SHOWN = 5;

/** Finds the two commits. @throws UsageError */
export async function findSides({ directory, base, head }: SidesOptions): Promise<Sides> {
  const repository = await findRepository(directory);
  const headSide = await findSide(repository, '--head', head ?? 'HEAD');
  const notes = head === undefined ? await checkCommitted(repository) : [];
  const baseSide =
    base === undefined
      ? await findMergeBase(repository, headSide)
      : await findSide(repository, '--base', base);
  if (baseSide.commit === headSide.commit) {
    notes.push(
      `Base (${baseSide.ref}) and head (${headSide.ref}) are the same commit, ` +
        `${shortCommit(headSide.commit)}: this compares it with itself.`,
    );
  }
  return { repository, base: baseSide, head: headSide, notes };
}

async function findSide(repository: Repository, option: string, ref: string): Promise<Side> {
  const commit = await findCommit(repository, ref);
  if (commit !== undefined) return { ref, commit };
  if (ref === 'HEAD') throw new UsageError(`The repository '${repository.top}' has no commit yet.`);
  const wrong = `Option '${option}' is '${ref}'; valid is a branch, a tag or a commit`;
  if (repository.isShallow) throw new UsageError(`${wrong}, ${SHALLOW}`);
  throw new UsageError(`${wrong} of this repository.${await suggestRef(repository, ref)}`);
}

const SHALLOW =
  'and this clone is shallow: it has only the newest commits, maybe of one branch. ' +
  "Fetch the others: 'git fetch --unshallow' and 'git fetch origin <branch>'; " +
  "in a workflow of GitHub 'fetch-depth: 0' for actions/checkout, in GitLab GIT_DEPTH=0.";

async function findCommit({ top }: Repository, ref: string): Promise<string | undefined> {
  // To git it would be an option.
  if (ref.startsWith('-')) return undefined;
  return await tryGit(top, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
}

async function suggestRef({ top }: Repository, ref: string): Promise<string> {
  const all = (await tryGit(top, 'for-each-ref', '--format=%(refname:short)')) ?? '';
  const names = all.split('\n').filter((name) => name !== '');
  const remote = names.find((name) => name.endsWith(`/${ref}`));
  return remote === undefined ? didYouMean(ref, names) : ` Did you mean '${remote}'?`;
}

async function findMergeBase(repository: Repository, head: Side): Promise<Side> {
  const main = await findMainBranch(repository);
  if (main === undefined) {
    const wrong = `There is no main branch here (none of ${MAIN_BRANCHES.join(', ')})`;
    throw new UsageError(
      repository.isShallow ? `${wrong}, ${SHALLOW}` : `${wrong}. Name the base: --base <git ref>.`,
    );
  }
  const commit = await tryGit(repository.top, 'merge-base', head.commit, main);
  if (commit !== undefined) {
    const parent = commit === head.commit ? await findParent(repository, head) : undefined;
    return parent ?? { ref: `merge base with ${main}`, commit };
  }
  const wrong = `${head.ref} and ${main} have no commit in common`;
  throw new UsageError(
    repository.isShallow ? `${wrong}, ${SHALLOW}` : `${wrong}. Name the base: --base <git ref>.`,
  );
}

/** On the main branch itself there is nothing to compare with but what was there before. */
async function findParent(repository: Repository, { ref }: Side): Promise<Side | undefined> {
  const parent = `${ref}~1`;
  const commit = await findCommit(repository, parent);
  return commit === undefined ? undefined : { ref: parent, commit };
}

async function findMainBranch(repository: Repository): Promise<string | undefined> {
  for (const name of MAIN_BRANCHES) {
    if ((await findCommit(repository, name)) === undefined) continue;
    // Shows which branch origin/HEAD stands for.
    return (await tryGit(repository.top, 'rev-parse', '--abbrev-ref', name)) ?? name;
  }
  return undefined;
}

/** Notes on what is not committed. @throws UsageError where tracked files were changed */
async function checkCommitted(repository: Repository): Promise<string[]> {
  const { changed, untracked } = await findUncommitted(repository);
  if (changed.length > 0) {
    const more = changed.length > FILES_SHOWN ? ' …' : '';
    const files = `${changed.slice(0, FILES_SHOWN).join(', ')}${more}`;
    throw new UsageError(
      `Changes that are not committed would not be measured (${files}). ` +
        'Commit or stash them, or measure the commit without them: --head HEAD.',
    );
  }
  if (untracked === 0) return [];
  const what = untracked === 1 ? '1 file or folder is' : `${untracked} files or folders are`;
  return [`${what} not in git, and so in neither side.`];
}
