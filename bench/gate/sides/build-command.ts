/**
 * Runs the commands that build one side, and reports which one failed and how.
 *
 * Invariants: a command has the caller's environment, except for what would make it build with another Node, another
 * repository or another side's dependencies; a failure names the side, the command, how it ended and the end of its
 * output.
 */
import { realpathSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { BuildStep } from './build-plan.js';
import { withoutGitContext } from './git.js';
import { type CommandEnd, runGrouped } from './grouped-command.js';
import type { Janitor } from '../cleanup/janitor.js';
import { shortCommit } from './short-commit.js';
import type { Side } from './sides.js';

export type SideName = 'base' | 'head';

export interface CommandOptions {
  readonly janitor: Janitor;
  /** Ends the running command, and with it the call. */
  readonly signal: AbortSignal;
  /** Called when a command starts: 'base: npm ci'. */
  readonly onStep?: (text: string) => void;
}

/** A side could not be built; the message is all there is to print. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
}

const OUTPUT_LINES = 20;
const DEPENDENCIES: string = join(sep, 'node_modules', '.bin');
/** Disables the caller's hooks, and git's maintenance, which would go on in the background. */
const GIT_SETTINGS = ['core.hooksPath=/dev/null', 'gc.auto=0', 'maintenance.auto=false'];

/** The commands of one side. Each method throws a `BuildError`, or the signal's reason. */
export class SideCommands {
  /** 'base (main, 1a2b3c4)'. */
  readonly title: string;
  readonly #name: SideName;
  readonly #repository: string;
  readonly #options: CommandOptions;

  /** @param repository - The top folder of the caller's repository. */
  constructor(name: SideName, { ref, commit }: Side, repository: string, options: CommandOptions) {
    this.title = `${name} (${ref}, ${shortCommit(commit)})`;
    this.#name = name;
    this.#repository = repository;
    this.#options = options;
  }

  async shell({ command, directory }: BuildStep): Promise<void> {
    await this.#run(['/bin/sh', '-c', command], directory, command);
  }

  async git(directory: string, verb: string, ...args: readonly string[]): Promise<void> {
    const settings = GIT_SETTINGS.flatMap((setting) => ['-c', setting]);
    await this.#run(['git', ...settings, verb, ...args], directory, `git ${verb} ${args[0]}`);
  }

  async #run(command: readonly string[], directory: string, label: string): Promise<void> {
    const { janitor, signal, onStep } = this.#options;
    onStep?.(`${this.#name}: ${label}`);
    const environment = buildEnvironment(process.env, this.#repository);
    const end = await runGrouped(command, { directory, environment, janitor, signal });
    if (end.code !== 0) throw new BuildError(formatFailure(this.title, label, end));
  }
}

function buildEnvironment(environment: NodeJS.ProcessEnv, repository: string): NodeJS.ProcessEnv {
  // A package manager that runs the gate has put the caller's own dependencies on the PATH. A `node_modules/.bin`
  // elsewhere has tools that the build needs: pnpm/action-setup puts pnpm itself into one.
  const paths = (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((path) => !path.endsWith(DEPENDENCIES) || !isInside(path, repository));
  return {
    ...withoutGitContext(environment),
    PATH: [dirname(process.execPath), ...paths].join(delimiter),
    GIT_TERMINAL_PROMPT: '0',
    // Installers of hooks would write them into the repository that all worktrees share.
    HUSKY: '0',
    LEFTHOOK: '0',
    SKIP_INSTALL_SIMPLE_GIT_HOOKS: '1',
  };
}

/** True if a path leads into a folder, given by its real path. */
function isInside(path: string, folder: string): boolean {
  return [resolve(path), realPath(path)].some((each) => {
    const way = relative(folder, each);
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function formatFailure(title: string, label: string, { code, signal, output }: CommandEnd): string {
  const lines = stripVTControlCharacters(output)
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
    .slice(-OUTPUT_LINES);
  const how = signal ?? `exit code ${code}`;
  const said =
    lines.length === 0 ? 'It wrote nothing.' : `The end of its output:\n  ${lines.join('\n  ')}`;
  return `The build of ${title} failed: '${label}' ended with ${how}. ${said}`;
}
