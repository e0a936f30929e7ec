/**
 * Finds the two commits that a gate compares.
 *
 * Invariants: a side is a commit by its full name, resolved once, so that a branch that moves meanwhile changes
 * nothing; head has changes that base lacks, unless the caller asks for an A/A gate or names both sides; changes that
 * would not be measured are rejected. Every failure is a `UsageError` with the way out.
 */
import { UsageError } from '../../options/flags.js';
import { didYouMean } from '../../options/nearest.js';
import { tryGit } from './git.js';
import { findRepository, findUncommitted, isRebasing, type Repository } from './repository.js';
import { shortCommit } from './short-commit.js';

export interface Side {
  /** The ref as given, or where the commit comes from: 'HEAD', 'merge base with origin/main'. */
  readonly ref: string;
  /** 40 hex digits (64 if the repository uses SHA-256). */
  readonly commit: string;
}

export interface Sides {
  readonly repository: Repository;
  readonly base: Side;
  readonly head: Side;
  /** Notes for the reader. */
  readonly notes: readonly string[];
}

export interface SidesOptions {
  /** The folder that the gate was called in. */
  readonly directory: string;
  /** Default: the merge base of head and the main branch. */
  readonly base?: string;
  /** Default: HEAD; uncommitted changes are then an error. */
  readonly head?: string;
  /** Compares head with itself; default: false. */
  readonly isAA?: boolean;
}

/** Candidates for the main branch, the likeliest first; origin/HEAD is the server's default branch. */
const MAIN_BRANCHES = ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master'];
const FILES_SHOWN = 5;

/** Finds the two commits. @throws UsageError */
export async function findSides(options: SidesOptions): Promise<Sides> {
  const { directory, base, head, isAA = false } = options;
  const repository = await findRepository(directory);
  if (head === undefined) await checkNoRebase(repository);
  const headSide = await findSide(repository, "Option '--head'", head ?? 'HEAD');
  const notes = head === undefined ? await checkCommitted(repository) : [];
  if (isAA) {
    const note = `A/A gate: ${headSide.ref} (${shortCommit(headSide.commit)}) is compared with itself.`;
    return { repository, base: headSide, head: headSide, notes: [...notes, note] };
  }
  if (base === undefined) {
    const { note, ...found } = await findMergeBase(repository, headSide);
    return { repository, base: found, head: headSide, notes: note ? [...notes, note] : notes };
  }
  const baseSide = await findSide(repository, "Option '--base'", base);
  if (baseSide.commit === headSide.commit) throw sameCommit(repository, baseSide, headSide);
  if (head === undefined) await checkHeadIsNewer(repository, baseSide, headSide);
  return { repository, base: baseSide, head: headSide, notes };
}

async function findSide(repository: Repository, source: string, ref: string): Promise<Side> {
  const commit = await findCommit(repository, ref);
  if (commit !== undefined) return { ref, commit };
  if (ref === 'HEAD') throw new UsageError(`The repository '${repository.top}' has no commit yet.`);
  const wrong = `${source} is '${ref}'; valid is a branch, a tag or a commit`;
  if (repository.isShallow) throw new UsageError(`${wrong}, ${SHALLOW}`);
  throw new UsageError(`${wrong} of this repository.${await suggestRef(repository, ref)}`);
}

const SHALLOW =
  'and this clone is shallow: it has only the newest commits, maybe of one branch. ' +
  "Fetch the others: 'git fetch --unshallow' and 'git fetch origin <branch>'; " +
  "in a workflow of GitHub 'fetch-depth: 0' for actions/checkout, in GitLab GIT_DEPTH=0.";

async function findCommit({ top }: Repository, ref: string): Promise<string | undefined> {
  // git would take it for an option.
  if (ref.startsWith('-')) return undefined;
  return await tryGit(top, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
}

async function suggestRef({ top }: Repository, ref: string): Promise<string> {
  const all = (await tryGit(top, 'for-each-ref', '--format=%(refname:short)')) ?? '';
  const names = all.split('\n').filter((name) => name !== '');
  const remote = names.find((name) => name.endsWith(`/${ref}`));
  return remote === undefined ? didYouMean(ref, names) : ` Did you mean '${remote}'?`;
}

async function findMergeBase(
  repository: Repository,
  head: Side,
): Promise<Side & { readonly note?: string }> {
  const main = await findMainBranch(repository);
  if (main === undefined) {
    const wrong = `There is no main branch here (none of ${MAIN_BRANCHES.join(', ')})`;
    throw new UsageError(
      repository.isShallow ? `${wrong}, ${SHALLOW}` : `${wrong}. Name the base: --base <git ref>.`,
    );
  }
  const commit = await tryGit(repository.top, 'merge-base', head.commit, main);
  if (commit === head.commit) {
    // A pull request always has a commit that its target lacks.
    if (isPullRequest()) throw containsHead(await findSide(repository, 'The target', main), head);
    return await findParent(repository, head, main);
  }
  if (commit !== undefined) return { ref: `merge base with ${main}`, commit };
  const wrong = `${head.ref} and ${main} have no commit in common`;
  throw new UsageError(
    repository.isShallow ? `${wrong}, ${SHALLOW}` : `${wrong}. Name the base: --base <git ref>.`,
  );
}

/** Head is part of the main branch: there is nothing to compare it with but its own parent. */
async function findParent(
  repository: Repository,
  head: Side,
  main: string,
): Promise<Side & { readonly note?: string }> {
  const parent = `${head.ref}~1`;
  const commit = await findCommit(repository, parent);
  if (commit === undefined) {
    const base = { ref: `merge base with ${main}`, commit: head.commit };
    throw sameCommit(repository, base, head);
  }
  const isTip = (await findCommit(repository, main)) === head.commit;
  const note = `${head.ref} is an older commit of ${main}: it is compared with its parent. --base names another one.`;
  return { ref: parent, commit, ...(!isTip && { note }) };
}

function sameCommit({ isShallow }: Repository, base: Side, head: Side): UsageError {
  const same = `Base (${base.ref}) and head (${head.ref}) are the same commit, ${shortCommit(head.commit)}`;
  return new UsageError(
    isShallow
      ? `${same}, ${SHALLOW}`
      : `${same}. Name another base: --base <git ref>; to compare a commit with itself: --aa.`,
  );
}

/** @throws UsageError if head has no commit that base lacks, though it was not named. */
async function checkHeadIsNewer({ top }: Repository, base: Side, head: Side): Promise<void> {
  const answer = await tryGit(top, 'merge-base', '--is-ancestor', head.commit, base.commit);
  if (answer !== undefined) throw containsHead(base, head);
}

function containsHead(base: Side, head: Side): UsageError {
  return new UsageError(
    `Base (${base.ref}, ${shortCommit(base.commit)}) contains head (${head.ref}, ${shortCommit(head.commit)}), ` +
      'which has no change of its own. Name another base, or both sides to judge the older commit: ' +
      `--base ${base.ref} --head ${head.ref}.`,
  );
}

/** @throws UsageError if a rebase is in progress. */
async function checkNoRebase(repository: Repository): Promise<void> {
  if (!(await isRebasing(repository))) return;
  throw new UsageError(
    'A rebase is in progress, and HEAD is one of its intermediate commits. Finish it (git rebase --continue), ' +
      'abort it (git rebase --abort; git am --abort), or name the commit: --head <git ref>.',
  );
}

/** True for a pull request in GitHub Actions. */
function isPullRequest(): boolean {
  return Boolean(process.env['GITHUB_BASE_REF']);
}

/** The target of a pull request, or else the first candidate that exists. */
async function findMainBranch(repository: Repository): Promise<string | undefined> {
  if (isPullRequest()) {
    const name = `origin/${process.env['GITHUB_BASE_REF']}`;
    await findSide(repository, 'GITHUB_BASE_REF', name);
    return name;
  }
  for (const name of MAIN_BRANCHES) {
    if ((await findCommit(repository, name)) === undefined) continue;
    // Resolves origin/HEAD to its branch.
    return (await tryGit(repository.top, 'rev-parse', '--abbrev-ref', name)) ?? name;
  }
  return undefined;
}

/** Notes on untracked files. @throws UsageError if tracked files were changed */
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
