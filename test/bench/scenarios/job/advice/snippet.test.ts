import { expect, test } from 'vitest';
import { snippetOf } from '../../../../../bench/scenarios/job/advice/snippet.js';

test('the code has all settings, and names the job', () => {
  const settings = {
    threads: 2,
    concurrency: 16,
    backlog: { jobs: 20, bytes: 65_536 },
    timeouts: { queueMs: 100, runMs: 300 },
  };
  expect(snippetOf(settings, { path: '/srv/app/jobs.js', name: 'render' })).toBe(
    [
      "const pool = new Pool(new URL('./jobs.js', import.meta.url), {",
      '  threads: 2,',
      '  concurrency: 16,',
      '  backlog: { jobs: 20, bytes: 65536 },',
      "  overflow: 'reject',",
      '});',
      'const timeout = { queueMs: 100, runMs: 300 };',
      "await pool.run('render', input, { timeout });",
    ].join('\n'),
  );
});
