/**
 * Writes a result so that whoever reads it, or kills the writer, sees the old content or the new one.
 *
 * Invariant: no moment has half a file at the path, and none leaves a temporary file behind: its name
 * is the janitor's before it exists.
 */
import { randomBytes } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Janitor } from './janitor.js';

/** A file in a folder that can't be changed, or one that a container mounts by itself. */
const CAN_ONLY_BE_WRITTEN = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV']);

/**
 * Replaces a file, or makes it. A link stays one: the file behind it is replaced. What is no file, such
 * as a pipe or `/dev/stdout`, or can't be replaced where it is, is written to.
 *
 * @throws Error of the file system
 */
export async function writeAtomically(janitor: Janitor, path: string, text: string): Promise<void> {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) return await writeFile(path, text);
  const target = there === undefined ? path : realpathSync(path);
  const suffix = randomBytes(6).toString('hex');
  // Beside the target, as only within one file system a file can be renamed.
  const temporary = join(dirname(target), `.${basename(target)}.${suffix}.tmp`);
  await janitor.removePath(temporary);
  try {
    await writeFile(temporary, text, there === undefined ? {} : { mode: there.mode });
    await rename(temporary, target);
  } catch (error) {
    if (!CAN_ONLY_BE_WRITTEN.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await writeFile(path, text);
  }
}
