/**
 * Tells a Vitest bench file from a file with a tinybench `Bench` or with jobs, by its source: to load it would
 * need Vitest.
 *
 * Invariant: it is one if and only if it imports something from 'vitest', or has the name of one by Vitest's own
 * default and calls the global `bench`. An import of types alone doesn't count.
 */
import { readFileSync } from 'node:fs';

/** At the start of a line, so that a comment is none. */
const IMPORT =
  /^\s*import\s+(?!type\b)(?!\{(?:\s*type\b[^,}]*,?)*\s*\})[^'"`;]*?\bfrom\s*['"]vitest['"]/m;
/** `benchmark.include` of Vitest, where nothing is configured. */
const NAME = /\.(?:bench|benchmark)\.[cm]?[jt]sx?$/;
const GLOBAL_CALL = /^\s*(?:await\s+)?bench(?:\.(?:skip|only|todo|skipIf|runIf))?\s*\(/m;
/** Bindings only: neither a path such as '../bench/docs.js', nor what follows on another line. */
const OWN_BENCH =
  /^\s*import\s+[^'"`;]*\bbench\b[^'"`;]*\bfrom\b|^\s*(?:export\s+)?(?:const|let|var|(?:async\s+)?function)\s+(?:\{[^}]*\bbench\b|bench\b)/m;

/** Whether Vitest runs a file, which has to be there. */
export function isVitestFile(path: string): boolean {
  return isVitestSource(path, readFileSync(path, 'utf8'));
}

export function isVitestSource(path: string, source: string): boolean {
  if (IMPORT.test(source)) return true;
  return NAME.test(path) && GLOBAL_CALL.test(source) && !OWN_BENCH.test(source);
}
