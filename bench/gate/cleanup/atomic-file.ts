/**
 * Writes a result so that whoever reads it, or kills the writer, sees the old content or the new one.
 *
 * Invariant: at no moment is there half a file at the path, unless it can't be replaced, and no temporary file is left
 * behind: the janitor knows its name before it exists.
 */
import { randomBytes } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Janitor } from './janitor.js';

/** Errors of a file in a read-only folder, or of one that a container mounts by itself. */
const CAN_ONLY_BE_WRITTEN = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV']);

/**
 * Replaces or creates a file. A link stays one: the file behind it is replaced. Anything else, such as a pipe or
 * `/dev/stdout`, and a file that can't be replaced is written directly.
 *
 * @throws Error of the file system
 */
export async function writeAtomically(janitor: Janitor, path: string, text: string): Promise<void> {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) return await writeFile(path, text);
  const target = there === undefined ? path : realpathSync(path);
  const suffix = randomBytes(6).toString('hex');
  // Next to the target, as a file can only be renamed within one file system.
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
