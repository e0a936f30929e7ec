/** Tests threads on a runtime that lacks the function that runs microtasks and ticks. */
import { expect, test } from 'vitest';
import { fixture, fixturePath, guard } from '../helpers/guard.js';

const { makePool } = guard();
const JOBS = 400;

test.each([
  ['is there', []],
  ['is missing', ['--require', fixturePath('preloads/tick-callback-missing.cjs')]],
  ['does nothing', ['--require', fixturePath('preloads/tick-callback-stubbed.cjs')]],
])(
  'what a job leaves behind has run before the next one starts: the function %s',
  async (_, execArgv) => {
    const pool = makePool({ threads: 1, execArgv }, fixture('short.js'));
    for (const how of ['microtask', 'tick', 'promise', 'await', 'all in turn']) {
      const leaving = { how, levels: 3 };
      const found = await Promise.all(
        Array.from({ length: JOBS }, () => pool.run('leave', leaving)),
      );
      expect(found.filter((left) => left !== 0)).toEqual([]);
    }
  },
);
