import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { widthOf } from '../../../../bench/report/terminal/paint.js';
import { millraceIn } from '../../../helpers/processes.js';

const RUN = fileURLToPath(new URL('../../../fixtures/bench-run.json', import.meta.url));

test.each([
  [{ COLUMNS: '' }, 80],
  [{ COLUMNS: '60' }, 60],
  [{ COLUMNS: '120' }, 120],
])('the command writes a report into a pipe with %o, %d columns', async (environment, columns) => {
  const command = millraceIn(process.cwd(), environment, 'bench', 'compare', RUN, RUN);
  const { code, stdout } = await command.ended;
  const widest = Math.max(...stdout.split('\n').map((line) => widthOf(line)));
  expect(code).toBe(0);
  expect(widest).toBeLessThanOrEqual(columns);
  // Prose fills the columns, but has max 100: longer lines are hard to read.
  expect(widest).toBeGreaterThan(Math.min(columns, 100) - 10);
});
