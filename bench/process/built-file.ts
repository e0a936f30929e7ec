/**
 * Locates the files that are started by their path: programs, threads and job modules.
 *
 * Invariant: this file is not bundled with others, so that its path relative to them is the same in the build.
 */

const ROOT = new URL('../../', import.meta.url);

/** @param path - Path of the compiled file from the root of the project: 'bench/jobs/cpu.js'. */
export function builtFile(path: string): URL {
  return new URL(path, ROOT);
}
