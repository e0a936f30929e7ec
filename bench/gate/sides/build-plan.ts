/**
 * Plans the build of a side if none is configured: the commands that its lockfile and its package.json call for.
 *
 * Invariants: the lockfile determines the package manager, and is never changed; files are searched from the working
 * folder upward, within the worktree; a package without lockfile, dependencies and build script needs no command.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A shell command and the folder it runs in. */
export interface BuildStep {
  readonly command: string;
  readonly directory: string;
}

interface Installer {
  /** Command that runs a script. */
  readonly run: string;
  readonly install: string;
  /** True if `install` runs the script 'prepare' of the package. */
  readonly prepares: boolean;
}

interface Package {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

// The two flags save a request to the registry and lines that nobody reads.
const QUIET = '--no-audit --no-fund';
const NPM: Installer = { run: 'npm run', install: `npm ci ${QUIET}`, prepares: true };
const NPM_UNLOCKED: Installer = { ...NPM, install: `npm install --no-package-lock ${QUIET}` };
const PNPM: Installer = {
  run: 'pnpm run',
  install: 'pnpm install --frozen-lockfile',
  prepares: true,
};
const YARN_1: Installer = {
  run: 'yarn run',
  install: 'yarn install --frozen-lockfile',
  prepares: true,
};
const YARN: Installer = { run: 'yarn run', install: 'yarn install --immutable', prepares: false };
const BUN: Installer = { run: 'bun run', install: 'bun install --frozen-lockfile', prepares: true };

/** In order of precedence, if a folder has several. */
const LOCKFILES: Readonly<Record<string, (lockfile: string) => Installer>> = {
  'package-lock.json': () => NPM,
  'npm-shrinkwrap.json': () => NPM,
  'pnpm-lock.yaml': () => PNPM,
  'yarn.lock': (lockfile) => (/^__metadata:/m.test(lockfile) ? YARN : YARN_1),
  'bun.lock': () => BUN,
  'bun.lockb': () => BUN,
};
const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies', 'workspaces'];

/** Matches a 'prepare' such as `husky; npm run build`, but not `npm run build:types`. */
const CALLS_BUILD = /\b(?:npm|pnpm|yarn|bun) (?:run |run-script )?build(?![\w:.-])/;

/**
 * Plans the install from the lockfile in its folder, or `npm install` if there are dependencies and no lockfile; then
 * the script 'build' of the nearest package.json, if it has one. 'build' is omitted if the install has run it, because
 * the script 'prepare' of the same package.json calls it (for npm also 'preprepare' and 'postprepare').
 *
 * @param top - Top folder of the worktree.
 * @param directory - The working folder in it.
 */
export function planBuild(top: string, directory: string): BuildStep[] {
  const steps: BuildStep[] = [];
  const home = findUp(top, directory, ['package.json'])?.folder;
  const own = home === undefined ? {} : readPackage(join(home, 'package.json'));
  const lockfile = findUp(top, directory, Object.keys(LOCKFILES));
  const installer = lockfile === undefined ? NPM_UNLOCKED : installerOf(lockfile);
  const needsInstall = lockfile !== undefined || DEPENDENCIES.some((field) => field in own);
  const installFolder = lockfile?.folder ?? home;
  if (needsInstall && installFolder !== undefined) {
    steps.push({ command: installer.install, directory: installFolder });
  }
  const { build, preprepare, prepare, postprepare } = own.scripts ?? {};
  const run = installer.run === 'npm run' ? [preprepare, prepare, postprepare] : [prepare];
  const isBuilt =
    needsInstall &&
    installer.prepares &&
    installFolder === home &&
    run.some((script) => script !== undefined && CALLS_BUILD.test(script));
  if (home !== undefined && build !== undefined && !isBuilt) {
    steps.push({ command: `${installer.run} build`, directory: home });
  }
  return steps;
}

interface Found {
  readonly folder: string;
  readonly name: string;
}

/** The first of these files in the nearest folder that has any. */
function findUp(top: string, directory: string, names: readonly string[]): Found | undefined {
  for (let folder = directory; ; folder = dirname(folder)) {
    const name = names.find((each) => existsSync(join(folder, each)));
    if (name !== undefined) return { folder, name };
    if (folder === top || folder === dirname(folder)) return undefined;
  }
}

function installerOf({ folder, name }: Found): Installer {
  const choose = LOCKFILES[name] as (lockfile: string) => Installer;
  return choose(readFileSync(join(folder, name), 'utf8'));
}

/** Invalid JSON counts as empty here; the package manager will report the error. */
function readPackage(path: string): Package {
  try {
    const own: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof own === 'object' && own !== null ? (own as Package) : {};
  } catch {
    return {};
  }
}
