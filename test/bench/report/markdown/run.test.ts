import { expect, test } from 'vitest';
import { renderMarkdown } from '../../../../bench/report/markdown/run.js';
import { sectionsOf } from '../../../../bench/harness/sections.js';
import { SCENARIOS } from '../../../../bench/scenarios/index.js';
import { result, run } from '../../../helpers/runs.js';

test('a run has where and how it was made, and what failed in it', () => {
  const producer = result('producer', [], {
    produced: { jobs: 10, seconds: 1, baseRssBytes: 1e6, peakRssBytes: 2e6 },
  });
  const file = run([producer, result('a scenario of a later version', [])], { loadAverage: 1.5 });
  const text = renderMarkdown(file, sectionsOf(file, SCENARIOS));
  expect(text).toMatch(/^# millrace bench$/m);
  expect(text).toMatch(/^## Producer: a million awaited submissions$/m);
  expect(text).toMatch(/^10 jobs of 1024 bytes in 1 s\./m);
  expect(text).toMatch(/^A processor, 2 CPUs, 8\.0 GB, linux x64 6\.1\.0, Node v20\.19\.0, /m);
  expect(text).toContain('a load average of 1.50 on 2 CPUs.');
  expect(text).toMatch(/^```sh\nmillrace bench overhead --rounds 3\n```$/m);
  expect(text).not.toContain('a later version');
});

test('limits of the machine are reported', () => {
  const limits = { cpuQuota: 1.5, memoryLimitBytes: 512 * 1024 ** 2 };
  expect(renderMarkdown(run([], limits), [])).toContain(
    'A processor, 2 CPUs, 8.0 GB, CPU quota 1.50, memory limit 512 MB, linux',
  );
});

test('a command can not end the block that it stands in', () => {
  const command = "millrace bench overhead --filter '\n```\n# not a heading'";
  const text = renderMarkdown({ ...run([]), command }, []);
  expect(text).toContain(`\n\`\`\`\`sh\n${command}\n\`\`\`\`\n`);
});
