/**
 * Tests a pool in a test environment other than Node's own. `.ci/run` runs it against the packed package, with each
 * runner and its environment.
 */

/**
 * Declares the tests with the functions of the runner.
 *
 * @param {object} runner
 * @param {Function} runner.test
 * @param {Function} runner.expect
 * @param {{ useFakeTimers(): void, useRealTimers(): void, advanceTimersByTime(ms: number): void }} runner.timers
 * @param {string} module - The URL of `jobs.mjs`.
 */
export function suite({ test, expect, timers }, module, { Pool, MillraceError }) {
  /** Runs a test with a pool and checks that the pool leaves nothing behind. */
  const testPool = (name, body, options) =>
    test(name, async () => {
      const before = resources();
      const pool = new Pool(new URL(module), { threads: 1, ...options });
      await body(pool);
      const { unfinished } = await pool.close();
      expect(unfinished).toEqual([]);
      for (let turn = 0; turn < 50 && resources() > before; turn += 1) await pause();
      expect(resources()).toBeLessThanOrEqual(before);
    });

  const rejection = async (promise) => {
    try {
      await promise;
    } catch (error) {
      return error;
    }
    throw new Error('it fulfilled');
  };

  test('the environment is another one', () => {
    expect(typeof document).toBe('object');
  });

  testPool('jobs run', async (pool) => {
    expect(await pool.run('echo', { text: 'x', list: [1, 2], at: new Date(5) })).toEqual({
      text: 'x',
      list: [1, 2],
      at: new Date(5),
    });
    expect(await Promise.all(Array.from({ length: 100 }, (_, n) => pool.run('echo', n)))).toEqual(
      Array.from({ length: 100 }, (_, n) => n),
    );
    const job = await pool.submit('later', 'x');
    expect(await job.result).toBe('x');
    expect(job.state).toBe('fulfilled');
    expect(pool.trySubmit('echo', 1)?.name).toBe('echo');
  });

  for (const bytes of [3, 1000, 100_000]) {
    testPool(`bytes arrive: ${bytes}`, async (pool) => {
      expect(await pool.run('kind', new Uint8Array(bytes))).toBe(`Uint8Array ${bytes}`);
      expect(await pool.run('kind', new Uint8Array(bytes).buffer)).toBe(`ArrayBuffer ${bytes}`);
      expect(await pool.run('kind', new Float64Array(bytes))).toBe(`Float64Array ${8 * bytes}`);
      expect(await pool.run('kind', Buffer.alloc(bytes))).toBe(`Buffer ${bytes}`);
      expect(await pool.run('kind', new DataView(new ArrayBuffer(bytes + 8), 8))).toBe(
        `DataView ${bytes}`,
      );
      expect(await pool.run('kind', { nested: new Uint8Array(bytes) })).toBe('Object undefined');
      expect(Buffer.isBuffer(await pool.run('echo', Buffer.alloc(bytes)))).toBe(true);
      const echo = await pool.run('echo', new Uint8Array(bytes).fill(7));
      expect([echo.length, echo[0], echo.at(-1)]).toEqual([bytes, 7, 7]);
    });

    testPool(`bytes are transferred: ${bytes}`, async (pool) => {
      const view = new Uint8Array(bytes);
      expect(await pool.run('kind', view, { transfer: [view.buffer] })).toBe(`Uint8Array ${bytes}`);
      expect(view.byteLength).toBe(0);
    });
  }

  testPool('errors are those of the environment', async (pool) => {
    const error = await rejection(pool.run('boom', 'why'));
    expect(error instanceof RangeError).toBe(true);
    expect(error instanceof Error).toBe(true);
    expect(error).toMatchObject({ message: 'why', code: 'E_MINE' });
    expect(error.cause instanceof TypeError).toBe(true);
    const abort = await rejection(pool.run('aborts'));
    expect(abort instanceof DOMException).toBe(true);
    expect(abort.name).toBe('AbortError');
    const unknown = await rejection(pool.run('unknown'));
    expect(unknown instanceof Error && unknown instanceof MillraceError).toBe(true);
    expect(unknown.code).toBe('ERR_UNKNOWN_JOB');
    const uncloneable = await rejection(pool.run('echo', () => {}));
    expect(uncloneable.code).toBe('ERR_NOT_CLONEABLE');
    expect(uncloneable.message).toMatch(/could not be cloned/);
  });

  testPool('a timeout expires', async (pool) => {
    const error = await rejection(pool.run('hang', undefined, { timeout: { runMs: 20 } }));
    expect(error).toMatchObject({ code: 'ERR_JOB_TIMEOUT', started: true });
    expect(await pool.run('echo', 'on', { timeout: 300_000 })).toBe('on');
  });

  testPool('a signal of the environment cancels', async (pool) => {
    const controller = new AbortController();
    const running = pool.run('hang', undefined, { signal: controller.signal });
    const queued = pool.run('echo', 1, { signal: controller.signal });
    controller.abort();
    for (const promise of [running, queued]) {
      expect(await rejection(promise)).toBe(controller.signal.reason);
    }
    const reason = { mine: true };
    const aborted = new AbortController();
    aborted.abort(reason);
    expect(await rejection(pool.run('echo', 1, { signal: aborted.signal }))).toBe(reason);
    const job = await pool.submit('hang');
    job.cancel();
    const error = await rejection(job.result);
    expect([error.name, error instanceof DOMException]).toEqual(['AbortError', true]);
    expect(await pool.run('echo', 'on')).toBe('on');
  });

  testPool(
    'a full backlog rejects, and unread failures are told',
    async (pool) => {
      const failed = new Promise((resolve) => pool.once('failed', resolve));
      const first = await pool.submit('boom', 'unread');
      const error = await rejection(pool.run('echo', 1));
      expect([error.code, error instanceof Error]).toEqual(['ERR_BACKLOG_FULL', true]);
      expect((await failed).message).toBe('unread');
      expect(first.state).toBe('rejected');
    },
    { backlog: 0, overflow: 'reject' },
  );

  test('a closing deadline cuts off what runs', async () => {
    const pool = new Pool(new URL(module), { threads: 1 });
    await pool.ready();
    const hanging = rejection(pool.run('hang'));
    expect((await pool.close({ deadlineMs: 50 })).unfinished).toMatchObject([{ name: 'hang' }]);
    expect((await hanging).code).toBe('ERR_POOL_CLOSED');
  });

  testPool(
    'fake timers decide over timeouts, and over nothing else',
    async (pool) => {
      await pool.ready();
      timers.useFakeTimers();
      try {
        const error = rejection(pool.run('hang', undefined, { timeout: 60_000 }));
        timers.advanceTimersByTime(59_000);
        expect(await pool.run('echo', 1, { bytes: 1 }).then(String, String)).toBe('1');
        timers.advanceTimersByTime(2000);
        expect((await error).code).toBe('ERR_JOB_TIMEOUT');
      } finally {
        timers.useRealTimers();
      }
      expect(await pool.run('echo', 'on')).toBe('on');
    },
    { concurrency: 2 },
  );
}

/** Waits briefly, with the environment's own timers. */
function pause() {
  return new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

/** Number of resources that keep the process alive, without kinds that the runner itself may start. */
function resources() {
  const kinds = new Set(['MessagePort', 'Worker', 'Immediate']);
  return process.getActiveResourcesInfo().filter((kind) => kinds.has(kind)).length;
}
