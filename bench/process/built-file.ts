/**
 * Where the files lie that are started by their path: programs, threads and job modules.
 *
 * Invariant: it stays a file of its own where others are bundled, so that its place is the one that it has here.
 */

const ROOT = new URL('../../', import.meta.url);

/** @param path - From the root of the project, as it is once compiled: 'bench/jobs/cpu.js'. */
export function builtFile(path: string): URL {
  return new URL(path, ROOT);
}
