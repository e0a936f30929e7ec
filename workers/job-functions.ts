/**
 * Finds the functions of a loaded module that are jobs.
 *
 * Invariant: the same answer for whoever asks, the thread that runs them or a tool that looks whether
 * one is there.
 */
import type { HostedJob } from './runner.js';

type JobFunction = HostedJob['execute'];

/** A module's exported functions, without its classes. */
export function jobFunctions(module: Record<string, unknown>): Array<[string, JobFunction]> {
  const exported = new Map(Object.entries(module));
  // Node 23 and later show the whole of a CommonJS module under this name, besides `default`.
  exported.delete('module.exports');
  for (const [name, value] of commonJsExports(module)) {
    // Compilers write `exports.default` for a default export: it is a field of what Node shows as that.
    if (!exported.has(name) || (name === 'default' && isJob(value))) exported.set(name, value);
  }
  return [...exported].filter((entry): entry is [string, JobFunction] => isJob(entry[1]));
}

/** The names that Node adds to the fields of a CommonJS module, and the hidden mark of compilers. */
const NO_FIELDS: ReadonlySet<string> = new Set(['module.exports', '__esModule']);

/**
 * Of a CommonJS module Node shows `default`, which is `module.exports`, and of its fields those that
 * it could find by reading the text. It is taken for one where all that is visible is in `default`.
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
