/**
 * Distinguishes a Vitest bench file from a file with a tinybench `Bench` or with jobs, by its source, as loading it
 * would need Vitest.
 *
 * Invariant: it is one if and only if it imports a value from 'vitest', or if its name matches Vitest's default and it
 * calls the global `bench`, without a binding of that name. An import of types alone doesn't count.
 */
import { readFileSync } from 'node:fs';

/** At the start of a line, to exclude comments. */
const IMPORT =
  /^\s*import\s+(?!type\b)(?!\{(?:\s*type\b[^,}]*,?)*\s*\})[^'"`;]*?\bfrom\s*['"]vitest['"]/m;
/** Vitest's default of `benchmark.include`. */
const NAME = /\.(?:bench|benchmark)\.[cm]?[jt]sx?$/;
const GLOBAL_CALL = /^\s*(?:await\s+)?bench(?:\.(?:skip|only|todo|skipIf|runIf))?\s*\(/m;
/** Matches bindings only: neither a path such as '../bench/docs.js', nor what follows on another line. */
const OWN_BENCH =
  /^\s*import\s+[^'"`;]*\bbench\b[^'"`;]*\bfrom\b|^\s*(?:export\s+)?(?:const|let|var|(?:async\s+)?function)\s+(?:\{[^}]*\bbench\b|bench\b)/m;

/** True if a file, which has to exist, is run by Vitest. */
export function isVitestFile(path: string): boolean {
  return isVitestSource(path, readFileSync(path, 'utf8'));
}

export function isVitestSource(path: string, source: string): boolean {
  if (IMPORT.test(source)) return true;
  return NAME.test(path) && GLOBAL_CALL.test(source) && !OWN_BENCH.test(source);
}
