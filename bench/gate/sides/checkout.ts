/**
 * Base and head as folders: a git worktree each, built.
 *
 * Invariants: the janitor knows each folder, git's own notes on it and each running command before
 * they exist, so this file removes nothing; both sides are built the same way, one after the other;
 * the caller's files are not touched.
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
  /** The caller's folder, in this side. */
  readonly directory: string;
  /** The top folder of its files. */
  readonly top: string;
}

export interface CheckoutOptions extends CommandOptions {
  /** Shell commands, run in the caller's folder; default: see `planBuild`. */
  readonly commands?: readonly string[];
}

/**
 * Makes both sides, base first: two worktrees also where they are the same commit. They are there until
 * the janitor is closed.
 *
 * @throws BuildError where a command fails
 * @throws UsageError where a side has no such folder as the caller's
 * @throws the signal's reason where it was interrupted
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
    // What is new in head has nothing to be compared with.
    if (name === 'base') return { ...side, directory, top };
    throw new UsageError(`There is no folder '${repository.prefix}' in ${commands.title}.`);
  }
  const configured = options.commands?.map((command) => ({ command, directory }));
  for (const step of configured ?? planBuild(top, directory)) await commands.shell(step);
  return { ...side, directory, top };
}

/** An empty folder for a worktree, of which the janitor knows. */
async function makeFolder(
  side: SideName,
  { gitFolder }: Repository,
  janitor: Janitor,
): Promise<string> {
  // Of equal length for both sides, as the length of paths alone can change what is measured.
  const name = `millrace-gate-${randomBytes(6).toString('hex')}-${side}`;
  const folder = join(realpathSync(tmpdir()), name);
  // git names its notes on a worktree after the folder (gitrepository-layout). They are removed as
  // files: of an `add` that was cut short, `git worktree remove` and `prune` leave some.
  const notes = join(gitFolder, 'worktrees');
  await janitor.removeIfEmpty(notes);
  await janitor.removePath(join(notes, name));
  await janitor.removePath(folder);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}
