/**
 * Tests programs that exit while native work goes on in their threads: terminating such a thread can abort the process.
 */
import { expect, test } from 'vitest';
import { runProgram } from '../helpers/programs.js';

test.each<[string, number, string[]]>([
  ['by process.exit', 3, ['done']],
  ['by an exception', 1, ['done']],
  ['by itself', 0, ['done']],
  ['while a job runs', 3, ['done', 'as well', 'and this']],
  ['with two pools', 3, ['done', 'done']],
  ['after close()', 3, ['done', '0']],
  ['without close(), so that no teardown runs', 3, ['done']],
  ['after close(), in which the teardown ran', 3, ['done', 'torn down']],
])('native work is done before a program exits: %s', async (name, code, said) => {
  const end = await runProgram('exits.mjs', { args: [name] });
  expect([end.code, [...end.lines].toSorted()]).toEqual([code, said.toSorted()]);
});

test('a thread that never gets idle does not keep a program from exiting', async () => {
  const name = 'with a thread that never gets idle';
  const { code, lines, stderr } = await runProgram('exits.mjs', { args: [name] });
  expect({ code, lines, stderr }).toEqual({ code: 3, lines: [], stderr: '' });
});
