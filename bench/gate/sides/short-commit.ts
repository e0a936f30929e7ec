/**
 * How a person writes a commit.
 *
 * Invariant: the same in every message and report, and as short as git itself shows it.
 */

const DIGITS = 7;

/** '7290fa0'. */
export function shortCommit(commit: string): string {
  return commit.slice(0, DIGITS);
}
