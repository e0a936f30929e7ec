/**
 * Creates the folders that a calibration measures: a copy of this package for base, and one for head.
 *
 * Invariants: as in a gate, each side has a place of its own with a path of equal length, and both runs of base share
 * one, so that the calibration includes the effect of the place; each gate gets new places; the janitor knows each
 * before it exists.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Janitor } from '../cleanup/janitor.js';
import { builtFile } from '../../process/built-file.js';
import type { SideName } from '../sides/build-command.js';

/** Folder of one side, with `file:` URLs of the library and of the module with the jobs. */
export interface Place {
  readonly directory: string;
  readonly library: string;
  readonly jobs: string;
}

/** A place for each side. */
export type Places = Readonly<Record<SideName, Place>>;

const DIST = fileURLToPath(builtFile('.'));
/** The parts of it that the library and the jobs need. */
const PARTS = ['src', 'workers', join('bench', 'jobs'), join('bench', 'process')];

/** Creates both places. */
export async function makePlaces(janitor: Janitor): Promise<Places> {
  const id = randomBytes(6).toString('hex');
  const make = (name: SideName): Promise<Place> =>
    makePlace(join(realpathSync(tmpdir()), `millrace-calibrate-${id}-${name}`), janitor);
  return { base: await make('base'), head: await make('head') };
}

/** Removes the places before the janitor does. */
export function removePlaces(places: Places): void {
  for (const { directory } of Object.values<Place>(places)) {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function makePlace(directory: string, janitor: Janitor): Promise<Place> {
  await janitor.removePath(directory);
  mkdirSync(directory, { mode: 0o700 });
  const copy = (from: string, ...to: readonly string[]): void =>
    cpSync(from, join(directory, ...to), { recursive: true });
  copy(join(DIST, '..', 'package.json'), 'package.json');
  for (const part of PARTS) copy(join(DIST, part), 'dist', part);
  copy(folderOf('piscina'), 'node_modules', 'piscina');
  const url = (...path: readonly string[]): string =>
    pathToFileURL(join(directory, 'dist', ...path)).href;
  return { directory, library: url('src', 'index.js'), jobs: url('bench', 'jobs', 'cpu.js') };
}

/** A dependency's folder. */
function folderOf(dependency: string): string {
  const path = dirname(createRequire(import.meta.url).resolve(dependency));
  const name = `${sep}node_modules${sep}${dependency}`;
  return path.slice(0, path.lastIndexOf(name) + name.length);
}
