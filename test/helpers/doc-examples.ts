/**
 * Reads the examples of a document: every fenced block that begins with a comment of its file's name becomes that
 * file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The root of this repository. */
export const ROOT = new URL('../../', import.meta.url).pathname;

/** The named examples of a document, as file name and content. They may be indented, as in a list. */
export function examplesOf(document: string): Array<[name: string, content: string]> {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const blocks = text.matchAll(
    /^ *```(?:js|ts)\n *\/\/ (?<name>[\w-]+\.m?[jt]s)\b.*\n(?<code>[^]*?)^ *```$/gm,
  );
  return [...blocks].map(({ groups }) => [groups?.['name'] ?? '', groups?.['code'] ?? '']);
}
