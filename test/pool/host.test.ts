import { expect, test } from 'vitest';
import { runProgram } from '../helpers/programs.js';

const host = new URL('../../dist/workers/boot.cjs', import.meta.url).href;

test('a bundle that does not know where it is needs host, and is told so', async () => {
  const { code, lines, stderr } = await runProgram('bundled.mjs', { execArgv: ['--no-warnings'] });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(lines).toEqual([expect.stringMatching(/^ERR_INVALID_OPTION host: .*millrace\/host.*URL/)]);
});

test('with host a bundle need not know where it is', async () => {
  const { code, lines, stderr } = await runProgram('bundled.mjs', {
    args: [host],
    execArgv: ['--no-warnings'],
  });
  expect({ code, lines, stderr }).toEqual({ code: 0, lines: ['on'], stderr: '' });
});
