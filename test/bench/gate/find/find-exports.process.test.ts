/** Finds the tasks of a real tinybench `Bench`, in two folders that stand for base and head. */
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { find } from '../../../../build/bench/gate/find/finding.js';
import { readTarget } from '../../../../build/bench/gate/find/target.js';
import { scratchFolder, writeFiles } from '../../../helpers/scratch-repository.js';

const modules = fileURLToPath(new URL('../../../../node_modules', import.meta.url));
const scratch = scratchFolder();
const watching = {
  signal: new AbortController().signal,
  watch: async () => async () => {},
};

/** Writes a side whose Bench has these tasks. */
function side(name: string, tasks: readonly string[]): string {
  const folder = join(scratch(), name);
  const added = tasks.map((task) => `.add('${task}', () => {})`).join('');
  writeFiles(folder, {
    'a.bench.mjs': `import { Bench } from 'tinybench';\nexport const bench = new Bench()${added};`,
  });
  symlinkSync(modules, join(folder, 'node_modules'));
  return folder;
}

test('what only base has is noted, unless one task is named', async () => {
  const folders = { base: side('base', ['old', 'both']), head: side('head', ['both', 'new']) };
  const found = async (run: string) => {
    const notes: string[] = [];
    const all = await find(readTarget({ run }, scratch()), folders, notes, watching);
    return { names: all.map(({ name, base }) => [name, base !== undefined]), notes };
  };
  expect(await found('./a.bench.mjs')).toEqual({
    names: [
      ['./a.bench.mjs: both', true],
      ['./a.bench.mjs: new', false],
    ],
    notes: ["Base has a task 'old' in ./a.bench.mjs that head lacks."],
  });
  expect(await found('./a.bench.mjs#both')).toEqual({
    names: [['./a.bench.mjs#both', true]],
    notes: [],
  });
});
