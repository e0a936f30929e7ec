/**
 * Queries git, in a process of its own.
 *
 * Invariants: only queries go through here, which change nothing, not even the index's cached times; the folder
 * determines the repository, whatever the environment of a hook says; the output is for programs, not in the user's
 * language.
 */
import { execFile } from 'node:child_process';

/** git failed. `stderr` is its output. */
export class GitError extends Error {
  override readonly name = 'GitError';
  /** An exit code, a signal, or the reason why git could not run: 'ENOENT'. */
  readonly code: number | string;
  readonly stderr: string;

  constructor(args: readonly string[], code: number | string, stderr: string) {
    super(`'git ${args.join(' ')}' failed (${code}): ${stderr.trim()}`);
    this.code = code;
    this.stderr = stderr;
  }
}

/** Variables that name the repository of a hook to its git commands: wrong for any other folder. */
const CONTEXT: ReadonlySet<string> = new Set([
  'GIT_DIR',
  'GIT_COMMON_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
]);
const ANSWER_BYTES = 64 * 1024 * 1024;

/** An environment in which git finds the repository by the folder. */
export function withoutGitContext(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !CONTEXT.has(name)));
}

/** The output of git, without the last line break. @throws GitError */
export async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const env = { ...withoutGitContext(process.env), LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' };
  return await new Promise((resolve, reject) => {
    execFile(
      'git',
      [...args],
      { cwd: directory, env, maxBuffer: ANSWER_BYTES },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout.replace(/\n$/, ''));
        else reject(new GitError(args, error.code ?? error.signal ?? 'unknown', stderr));
      },
    );
  });
}

/** The output of git, or undefined if it fails. */
export async function tryGit(
  directory: string,
  ...args: readonly string[]
): Promise<string | undefined> {
  try {
    return await git(directory, ...args);
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
