/**
 * Formats the advised settings as code to copy.
 *
 * Invariant: it has every setting that was verified, and no other.
 */
import { basename } from 'node:path';
import { inspect } from 'node:util';
import type { JobName } from '../../../user-job/module-name.js';
import type { AdvisedSettings } from './sizing.js';

export function snippetOf(
  { threads, concurrency, backlog, timeouts }: AdvisedSettings,
  { path, name }: Pick<JobName, 'path' | 'name'>,
): string {
  return [
    `const pool = new Pool(new URL('./${basename(path)}', import.meta.url), {`,
    `  threads: ${threads},`,
    `  concurrency: ${concurrency},`,
    `  backlog: { jobs: ${backlog.jobs}, bytes: ${backlog.bytes} },`,
    "  overflow: 'reject',",
    '});',
    `const timeout = { queueMs: ${timeouts.queueMs}, runMs: ${timeouts.runMs} };`,
    `await pool.run(${inspect(name)}, input, { timeout });`,
  ].join('\n');
}
