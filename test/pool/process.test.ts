/**
 * Tests programs that use a pool, each in a separate process. They mostly wait, so several run at once.
 */
import { expect, test } from 'vitest';
import { repeats } from '../helpers/extent.js';
import { type ProgramEnd, runProgram } from '../helpers/programs.js';

function runLiveness(name: string): Promise<ProgramEnd> {
  return runProgram('liveness.mjs', { args: [name] });
}

test.concurrent.each([
  ['unused', []],
  ['idle', ['used']],
  ['idle after all kinds of options', ['20']],
  ['idle with a timer on the thread', []],
  ['a module that does not load', ['ERR_MODULE_LOAD']],
  ['a cancelled job that never returns', ['TimeoutError']],
  ['the same on a shared thread', ['TimeoutError']],
])('a program whose pool is idle ends by itself: %s', async (name, said) => {
  const { code, lines, stderr } = await runLiveness(name);
  expect({ code, lines, stderr }).toEqual({ code: 0, lines: [...said, 'end'], stderr: '' });
});

test.concurrent.each([
  ['a live job', []],
  ['a live job that awaits', []],
  ['a job that nobody reads', []],
  ['a waiter', []],
  ['a booting thread with a job', []],
  ['ready()', []],
  ['close() while threads boot', []],
  ['close() with a job', []],
  ['close() with a deadline', ['ERR_POOL_CLOSED']],
  ['a job whose thread is being replaced', ['ERR_THREAD_LOST']],
  ['a job that follows a cancelled one', ['TimeoutError']],
  ['a timeout', ['ERR_JOB_TIMEOUT']],
  ['a second pool beside a closed one', []],
  ['leaving a group whose job runs on', []],
  ['leaving a map whose job runs on', []],
])('a program does not end before its time: %s', async (name, said) => {
  const { code, lines, stderr } = await runLiveness(name);
  expect({ code, lines, stderr }).toEqual({ code: 0, lines: [...said, 'end'], stderr: '' });
});

test.concurrent('what goes wrong on a thread does not end the program', async () => {
  const name = 'all that can go wrong on a thread';
  const { code, lines, stderr } = await runLiveness(name);
  // Node itself reports a thread's exhausted heap on standard error.
  expect(stderr).not.toMatch(/MillraceWarning|Unhandled|Uncaught/);
  expect(lines.slice(1)).toEqual(['on', 'end']);
  const [exit, timer, late, stray, memory, unknown, input] = lines[0]?.split(' ') ?? [];
  expect([exit, late, stray, memory]).toEqual([
    'ERR_THREAD_LOST',
    'fulfilled',
    'fulfilled',
    'ERR_THREAD_LOST',
  ]);
  expect([timer, unknown, input]).toEqual([
    'ERR_THREAD_LOST',
    'ERR_UNKNOWN_JOB',
    'ERR_NOT_CLONEABLE',
  ]);
  expect(code).toBe(0);
});

// Node 20 and 22 abort the whole process if a thread is terminated while it `require`s an ES module (FATAL ERROR:
// v8::Module::IsGraphAsync): one pool in 600, when Piscina required the host itself.
test.concurrent('closing a pool at any moment of its threads’ boot leaves the program alive', async () => {
  const { code, lines, stderr } = await runProgram('boot-and-close.mjs', {
    args: [String(repeats(20, 100))],
    hangsAfterMs: 300_000,
  });
  expect({ code, lines, stderr }).toEqual({ code: 0, lines: ['end'], stderr: '' });
}, 320_000);

test.concurrent('what jobs have written to the console is there when the pool is closed', async () => {
  const pools = repeats(5, 20);
  const { code, lines, stderr } = await runProgram('console.mjs', { args: [String(pools)] });
  expect(code).toBe(0);
  const count = (texts: readonly string[], text: string): number =>
    texts.filter((each) => each === text).length;
  const errorLines = stderr.split('\n');
  for (let line = 0; line < 20; line += 1) {
    expect(count(lines, `out ${line}`)).toBe(2 * pools);
    expect(count(errorLines, `err ${line}`)).toBe(2 * pools);
  }
});

test.concurrent('process.exit with live jobs ends the program at once, with its code', async () => {
  const { code, lines } = await runLiveness('process.exit with live jobs');
  expect({ code, lines }).toEqual({ code: 3, lines: ['end'] });
});

test.concurrent('a failed job that nobody reads is one warning, and no unhandled rejection', async () => {
  const { code, lines, stderr } = await runLiveness('a failed job that nobody reads');
  expect({ code, lines }).toEqual({ code: 0, lines: ['end'] });
  expect(stderr.match(/MillraceWarning/g)).toHaveLength(1);
  expect(stderr).toMatch(
    /MILLRACE_FAILED_UNREAD.*Job 'exit' failed and nobody has read its result/,
  );
  expect(stderr).not.toMatch(/Unhandled/i);
});

test.concurrent('with a listener for it there is no warning', async () => {
  const name = 'a failed job that is listened for';
  const { code, lines, stderr } = await runLiveness(name);
  expect({ code, lines, stderr }).toEqual({
    code: 0,
    lines: ['ERR_THREAD_LOST exit rejected', 'end'],
    stderr: '',
  });
});

test.concurrent('a promise of run() that nobody handles is an unhandled rejection, as any other', async () => {
  const name = 'a failed run that nobody handles';
  const { code, stderr } = await runLiveness(name);
  expect(code).toBe(1);
  expect(stderr).toMatch(/TypeError/);
});

test.skipIf(!('require_module' in process.features))(
  'a CommonJS program can require the package',
  async () => {
    const { code, lines } = await runProgram('require.cjs', { execArgv: ['--no-warnings'] });
    expect({ code, lines }).toEqual({ code: 0, lines: ['function'] });
  },
);
