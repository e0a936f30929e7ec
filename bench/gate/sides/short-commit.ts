/**
 * Abbreviates a commit for messages and reports.
 *
 * Invariant: the form is the same everywhere, and as short as git itself shows it.
 */

const DIGITS = 7;

/** '7290fa0'. */
export function shortCommit(commit: string): string {
  return commit.slice(0, DIGITS);
}
