/**
 * Builds what the tests need of `build` and `dist`, but only if it is older than its sources: nothing is built twice
 * after `npm ci`, and no test runs on a stale build.
 *
 * Unit tests need only the scripts of the report's page.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

const root = new URL('../../', import.meta.url).pathname;
const PAGE = 'bench/report/html/browser';

/** Called by Vitest once for each project, before its tests. */
export function setup({ name }: TestProject): void {
  const [sources, built, script] = name.startsWith('unit')
    ? [[PAGE], [`dist/${PAGE}/boxes.js`], ['npx', 'rolldown', '--config', '--log-level', 'warn']]
    : [
        ['src', 'workers', 'bench', 'tsconfig.json', 'rolldown.config.ts'],
        ['build/bench/cli.js', 'dist/bench/cli.js'],
        ['npm', 'run', 'build'],
      ];
  if (Math.min(...built.map(newestMs)) >= Math.max(...sources.map(newestMs))) return;
  const [command = '', ...args] = script;
  execFileSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Time of the last change of a file, or of anything in a folder, removals included; -Infinity if it doesn't exist. */
function newestMs(path: string): number {
  const changed = statSync(join(root, path), { throwIfNoEntry: false });
  if (changed === undefined) return -Infinity;
  if (!changed.isDirectory()) return changed.mtimeMs;
  return Math.max(
    changed.mtimeMs,
    ...readdirSync(join(root, path)).map((name) => newestMs(join(path, name))),
  );
}
