const { BacklogFullError, Pool } = require('millrace');

let pool;
beforeAll(() => {
  pool = new Pool(require.resolve('./jobs.cjs'), { threads: 1, backlog: 0, overflow: 'reject' });
  return pool.ready();
});
afterAll(() => pool.close());

test('plain data arrives as it is', async () => {
  const value = { list: [1, 'ä', null], nested: { at: -0 } };
  expect(await pool.run('echo', value)).toEqual(value);
});

test('a result is moved', async () => {
  expect(Array.from(await pool.run('bytes', 3))).toEqual([7, 7, 7]);
});

test('errors of jobs and of the pool are known', async () => {
  await expect(pool.run('fail')).rejects.toThrow('failed');
  const both = [pool.run('echo', 1), pool.run('echo', 2)];
  const [first, second] = await Promise.allSettled(both);
  expect(first.value).toBe(1);
  expect(second.reason).toBeInstanceOf(BacklogFullError);
});
