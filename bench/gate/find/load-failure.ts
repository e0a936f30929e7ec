/**
 * Describes why a file of a side can't be loaded: the whole first error, and what to do about it.
 *
 * Invariant: advice is only given for an error that it helps against.
 */
import { ChildExitError } from '../../process/child.js';
import { firstError } from '../measure/first-error.js';

interface Remedy {
  readonly error: RegExp;
  readonly advice: string;
}

const TSX = "let tsx load it, installed on both sides: NODE_OPTIONS='--import tsx'";

/** The first match counts. */
const REMEDIES: readonly Remedy[] = [
  {
    error: /\[ERR_UNKNOWN_FILE_EXTENSION\].*"\.[cm]?tsx?"/,
    advice:
      `Node ${process.versions.node} can't load TypeScript. Run the gate on Node 22.18, 23.6 or later, or ` +
      `${TSX}.`,
  },
  {
    error: /\[ERR_(?:UNSUPPORTED|INVALID)_TYPESCRIPT_SYNTAX\]|Unknown file extension "\.[jt]sx"/,
    advice: `Node ${process.versions.node} loads TypeScript only if removing the types is enough. Otherwise ${TSX}.`,
  },
  {
    error: /Cannot find package 'tinybench'/,
    advice:
      "tinybench has to be among that commit's devDependencies and in its lockfile; or name what installs " +
      "it: '--build COMMAND'.",
  },
  {
    error: /Vitest failed to access its internal state|Vitest cannot be imported in a CommonJS/,
    advice:
      "It imports Vitest through another file. A Vitest bench file imports 'bench' from 'vitest' itself.",
  },
  {
    error: /\b(?:bench|describe) is not defined/,
    advice:
      "A Vitest bench file imports 'bench' from 'vitest', or is named *.bench.ts (or .js) and calls it.",
  },
  {
    // A sibling in a workspace, whose entry file is not built.
    error: /Cannot find package '[^']*node_modules/,
    advice:
      "If a build makes it, name the commands: '--build COMMAND', or 'build' in the configuration, such as " +
      "'cd ../.. && npm ci && npm run build --workspaces --if-present'.",
  },
  {
    error: /Cannot find package '/,
    advice: "It has to be in that commit's lockfile; or name what installs it: '--build COMMAND'.",
  },
  {
    error: /Cannot find module '/,
    advice:
      "If a build makes it, name the commands: '--build COMMAND', or 'build' in the configuration; only the " +
      'nearest package of a workspace is built.',
  },
];

/** @param directory - The folder of the side. */
export function describeLoadFailure(error: Error, directory: string): string {
  const whole = error instanceof ChildExitError ? firstError(error.stderr, directory) : undefined;
  const reason = whole ?? error.message;
  const advice = REMEDIES.find((remedy) => remedy.error.test(reason))?.advice;
  const end = /[.!?]$/.test(reason) ? '' : '.';
  return `${reason}${end}${advice === undefined ? '' : ` ${advice}`}`;
}
