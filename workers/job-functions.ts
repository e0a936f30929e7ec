/**
 * Finds the functions of a loaded module that are jobs.
 *
 * Invariant: the answer is the same for every caller, the thread that runs the jobs or a tool that checks whether one
 * exists.
 */
import type { HostedJob } from './runner.js';

type JobFunction = HostedJob['execute'];

/** A module's exported functions, without its classes. */
export function jobFunctions(module: Record<string, unknown>): Array<[string, JobFunction]> {
  const exported = new Map(Object.entries(module));
  // Node 23 and later export a whole CommonJS module under this name, besides `default`.
  exported.delete('module.exports');
  for (const [name, value] of commonJsExports(module)) {
    // Compilers emit `exports.default` for a default export: it is a field of what Node exports as `default`.
    if (!exported.has(name) || (name === 'default' && isJob(value))) exported.set(name, value);
  }
  return [...exported].filter((entry): entry is [string, JobFunction] => isJob(entry[1]));
}

/** The names that Node adds to the fields of a CommonJS module, and the hidden marker of compilers. */
const NO_FIELDS: ReadonlySet<string> = new Set(['module.exports', '__esModule']);

/**
 * The fields of a CommonJS module; none for any other. Node exports `default`, which is `module.exports`, and the
 * fields that it detects in the source text. A module counts as CommonJS if all of its exports are fields of `default`.
 */
function commonJsExports(module: Record<string, unknown>): Array<[string, unknown]> {
  const { default: exports, ...others } = module;
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return [];
  const fields = Object.entries(exports);
  const isCommonJs = Object.entries(others).every(
    ([name, value]) => NO_FIELDS.has(name) || fields.some(([n, v]) => n === name && v === value),
  );
  return isCommonJs ? fields : [];
}

function isJob(value: unknown): boolean {
  return typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));
}
