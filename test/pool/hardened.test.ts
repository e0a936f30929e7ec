/** Tests hardened realms (SES, `--frozen-intrinsics`), in which shared objects can't be changed. */
import { expect, test } from 'vitest';
import { fixture } from '../helpers/guard.js';
import { runProgram } from '../helpers/programs.js';

const preload = fixture('modules/preload-hardened.mjs').href;

test.each([
  ['all of them are', ['--import', preload, '--no-warnings']],
  ['Node has done it', ['--frozen-intrinsics', '--no-warnings']],
])('every job ends as it does elsewhere where intrinsics are frozen: %s', async (_, execArgv) => {
  const [usual, hardened] = await Promise.all([
    runProgram('hardened.mjs'),
    runProgram('hardened.mjs', { execArgv }),
  ]);
  expect(usual).toMatchObject({ code: 0, stderr: '' });
  expect(usual.lines.length).toBe(14);
  expect(hardened).toEqual(usual);
});
