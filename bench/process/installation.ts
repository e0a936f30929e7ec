/**
 * Locates the installation of this package and of its dependencies.
 *
 * Invariant: paths start from this file's own location, never from the working directory.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this package: the nearest one above this file whose package.json has a version. */
export function packageFolder(): string {
  return folderAround(import.meta.url);
}

/** The folders that contain installed JavaScript: the dependencies, and the build itself. */
export function installedFolders(): string[] {
  const folder = packageFolder();
  // As a dependency, this package lies inside the node_modules folder that contains the others.
  const parent = dirname(folder);
  const around = basename(parent) === 'node_modules' ? parent : join(folder, 'node_modules');
  return [...new Set([around, join(folder, 'dist')])];
}

/** This package's version. */
export function packageVersion(): string {
  return versionIn(packageFolder()) ?? 'unknown';
}

/** The version of Piscina that this package uses. */
export function piscinaVersion(): string {
  return installedVersion('piscina') ?? 'unknown';
}

/** The version of a package as an import from here would find it; undefined if it is not installed. */
export function installedVersion(name: string): string | undefined {
  try {
    return versionIn(folderAround(import.meta.resolve(name)));
  } catch {
    return undefined;
  }
}

/** The nearest folder above a file whose package.json has a version. */
export function folderAround(url: string): string {
  let folder = dirname(fileURLToPath(url));
  while (versionIn(folder) === undefined && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

function versionIn(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    return (JSON.parse(text) as { version?: string }).version;
  } catch {
    return undefined;
  }
}
