/**
 * Terminating a thread while a native addon works can abort the whole process, so the tests run in separate processes,
 * which must end by themselves.
 */
import { describe, expect, test } from 'vitest';
import { repeats } from '../helpers/extent.js';
import { runProgram } from '../helpers/programs.js';

const JOBS = String(repeats(16, 80));

describe.each(['bcrypt', 'argon2'])('%s', (addon) => {
  test.each(
    ['timed out', 'cancelled', 'raced', 'retired', 'unawaited', 'beside a throw'].flatMap((way) =>
      ['1', '4'].map((concurrency) => [way, concurrency]),
    ),
  )(
    'jobs that are %s, concurrency %s: the process lives, and so do all threads',
    async (way, concurrency) => {
      const end = await runProgram('addons.mjs', {
        args: [addon, way as string, concurrency as string, JOBS],
      });
      expect(end).toMatchObject({ code: 0 });
      const [line = '{}'] = end.lines;
      const { most, ...others } = JSON.parse(line);
      expect(others).toEqual({ answer: 'ok', ready: 2, threadsLeft: 0 });
      expect(most).toBeLessThanOrEqual(4);
    },
  );

  test.each([
    ['natural end', 0],
    ['process.exit', 7],
    ['closed at once', 0],
  ])('hashes are pending at a %s: the process does not abort', async (way, code) => {
    const end = await runProgram('addons.mjs', { args: [addon, way, '4', JOBS] });
    expect(end).toMatchObject({ code });
  });
});
