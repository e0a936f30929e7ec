/**
 * Checks out base and head, each in a git worktree of its own, and builds them.
 *
 * Invariants: the janitor knows each folder, git's own metadata on it and each running command before they exist, so
 * this file removes nothing; both sides are built the same way, one after the other; the caller's files are not
 * touched.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../options/flags.js';
import { type CommandOptions, SideCommands, type SideName } from './build-command.js';
import { planBuild } from './build-plan.js';
import type { Janitor } from '../cleanup/janitor.js';
import type { Repository } from './repository.js';
import type { Side, Sides } from './sides.js';

/** A side, ready to run. */
export interface Checkout extends Side {
  /** This side's copy of the caller's folder. */
  readonly directory: string;
  /** Top folder of the worktree. */
  readonly top: string;
}

export interface CheckoutOptions extends CommandOptions {
  /** Shell commands, run in the side's copy of the caller's folder; default: see `planBuild`. */
  readonly commands?: readonly string[];
}

/**
 * Checks out and builds both sides, base first: in two worktrees even if they are the same commit. They exist until the
 * janitor is closed.
 *
 * @throws BuildError if a command fails
 * @throws UsageError if head lacks the caller's folder
 * @throws the signal's reason if it was interrupted
 */
export async function checkOutSides(
  { repository, base, head }: Sides,
  options: CheckoutOptions,
): Promise<{ base: Checkout; head: Checkout }> {
  return {
    base: await checkOut('base', base, repository, options),
    head: await checkOut('head', head, repository, options),
  };
}

async function checkOut(
  name: SideName,
  side: Side,
  repository: Repository,
  options: CheckoutOptions,
): Promise<Checkout> {
  const commands = new SideCommands(name, side, repository.top, options);
  const top = await makeFolder(name, repository, options.janitor);
  await commands.git(repository.top, 'worktree', 'add', '--quiet', '--detach', top, side.commit);
  if (existsSync(join(top, '.gitmodules'))) {
    await commands.git(top, 'submodule', 'update', '--init', '--recursive');
  }
  const directory = join(top, repository.prefix);
  if (!existsSync(directory)) {
    // The folder is new in head, so there is nothing to compare it with.
    if (name === 'base') return { ...side, directory, top };
    throw new UsageError(`There is no folder '${repository.prefix}' in ${commands.title}.`);
  }
  const configured = options.commands?.map((command) => ({ command, directory }));
  for (const step of configured ?? planBuild(top, directory)) await commands.shell(step);
  return { ...side, directory, top };
}

/** Creates an empty folder for a worktree, and registers it with the janitor first. */
async function makeFolder(
  side: SideName,
  { gitFolder }: Repository,
  janitor: Janitor,
): Promise<string> {
  // Of equal length for both sides, as the length of paths alone can affect measurements.
  const name = `millrace-gate-${randomBytes(6).toString('hex')}-${side}`;
  const folder = join(realpathSync(tmpdir()), name);
  // git names its metadata on a worktree after the folder (gitrepository-layout). It is removed as files, as `git
  // worktree remove` and `prune` leave some of it after an `add` that was cut short.
  const notes = join(gitFolder, 'worktrees');
  await janitor.removeIfEmpty(notes);
  await janitor.removePath(join(notes, name));
  await janitor.removePath(folder);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}
