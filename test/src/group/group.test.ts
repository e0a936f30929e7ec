import { describe, expect, test, vi } from 'vitest';
import type { JobRecord } from '../../../src/job/job.js';
import { Group } from '../../../src/group/group.js';
import { macrotask, rejection, thrownBy } from '../../helpers/outcomes.js';
import { counted, scripted } from '../map/scripted.js';

function grouped(options?: unknown, settings?: Parameters<typeof scripted>[0]) {
  const given = scripted({ concurrency: 2, ...settings });
  const unread = vi.fn<(job: JobRecord) => void>();
  const group = new Group(given.scheduler, options, unread);
  return { ...given, group, unread };
}

test('runs jobs, and waits for all of them', async () => {
  const { group, turn, unread } = grouped();
  const results = [group.run('job', 1), group.run('job', 2)];
  const handle = await group.submit('job', 3);
  const waited = vi.fn<() => void>();
  const waiting = group.wait().then(waited);
  await turn();
  expect(waited).not.toHaveBeenCalled();
  await turn();
  await waiting;
  expect(await Promise.all([...results, handle.result])).toEqual([2, 4, 6]);
  await group.wait();
  await group.close();
  expect(unread).not.toHaveBeenCalled();
});

describe('a failure', () => {
  test('cancels the others, which reject with just that', async () => {
    const { group, link, turn, stats } = grouped();
    const results = [1, 2, 3].map((input) => group.run('job', input));
    link.start();
    link.start();
    link.end(0, { error: 'the first failure' });
    link.announce();
    expect(await Promise.all(results.map(rejection))).toEqual([
      'the first failure',
      'the first failure',
      'the first failure',
    ]);
    expect(group.signal.reason).toBe('the first failure');
    expect(await rejection(group.run('job', 4)), 'what comes later, too').toBe('the first failure');
    expect(await rejection(group.submit('job', 4))).toBe('the first failure');
    expect(await rejection(group.wait())).toBe('the first failure');
    expect(stats()).toMatchObject({ submitted: 3, rejected: 1, cancelled: 2, abandoned: 1 });
    await turn();
    await group.close();
  });

  test('without failFast lets them go on; wait() throws the first', async () => {
    const { group, turn } = grouped({ failFast: false });
    const results = [1, 2, 3].map((input) => group.run('job', input));
    const waiting = rejection(group.wait());
    await turn((input) => input !== 3);
    await turn((input) => input !== 3);
    expect(await waiting).toMatchObject({ message: 'job 1' });
    expect(await results[2]).toBe(6);
    expect(await rejection(results[1] as Promise<unknown>)).toMatchObject({ message: 'job 2' });
    expect(group.signal.aborted).toBe(false);
    await group.close();
  });

  test('that wait() has not told is told when the group is left', async () => {
    const { group, turn, unread } = grouped();
    void group.run('job', 1);
    await turn(() => true);
    expect(unread).not.toHaveBeenCalled();
    await group.close();
    expect(unread.mock.calls).toEqual([
      [expect.objectContaining({ id: 1, error: expect.objectContaining({ message: 'job 1' }) })],
    ]);
  });

  test.each(['run', 'submit'])('that was read is told to nobody else: %s', async (verb) => {
    const { group, turn, unread } = grouped();
    const reading =
      verb === 'run'
        ? rejection(group.run('job', 1))
        : rejection((await group.submit('job', 1)).result);
    await turn(() => true);
    expect(await reading).toMatchObject({ message: 'job 1' });
    await group.close();
    expect(unread).not.toHaveBeenCalled();
  });

  test('of a handle that nobody reads is told when the group is left', async () => {
    const { group, turn, unread } = grouped();
    await group.submit('job', 1);
    await turn(() => true);
    await group.close();
    expect(unread).toHaveBeenCalledOnce();
  });

  test('that wait() has told is told to nobody else', async () => {
    const { group, turn, unread } = grouped();
    void group.run('job', 1);
    await turn(() => true);
    await rejection(group.wait());
    await group.close();
    expect(unread).not.toHaveBeenCalled();
  });

  test('is a refusal, too', async () => {
    const { group, turn } = grouped(undefined, { jobs: 0, concurrency: 1 });
    const first = group.run('job', 1);
    expect(await rejection(group.run('job', 2))).toMatchObject({ code: 'ERR_BACKLOG_FULL' });
    expect(await rejection(first)).toMatchObject({ code: 'ERR_BACKLOG_FULL' });
    await turn();
    await group.close();
  });

  test('is an error that ends a map, too', async () => {
    const { group, turn } = grouped();
    const other = group.run('job', 100);
    const rows = group.map('job', [1, 2]);
    const asked = rejection(rows.next());
    await macrotask();
    await turn((input) => input === 1);
    expect(await asked).toMatchObject({ message: 'job 1' });
    expect(await other).toBe(200);
    expect(group.signal.reason).toMatchObject({ message: 'job 1' });
    await group.close();
  });
});

test.each(['its handle', 'its own signal'])(
  'a job that is cancelled by %s is no failure',
  async (by) => {
    const { group, turn } = grouped();
    const controller = new AbortController();
    const job = await group.submit('job', 1, { signal: controller.signal });
    const other = group.run('job', 2);
    if (by === 'its handle') job.cancel('enough');
    else controller.abort('enough');
    expect(await rejection(job.result)).toBe('enough');
    await turn();
    expect(await other).toBe(4);
    await group.wait();
    await group.close();
  },
);

describe('cancelling', () => {
  test('ends waiting, queued and running jobs, and maps, with the reason', async () => {
    const { group, link, turn, stats } = grouped(undefined, {
      jobs: 3,
      concurrency: 1,
      overflow: 'wait',
    });
    const { source, use } = counted([1, 2, 3]);
    const asked = rejection(group.map('job', source).next());
    await macrotask();
    const jobs = [1, 2].map((input) => rejection(group.run('job', input)));
    const waiting = rejection(group.submit('job', 9));
    link.start();
    expect(stats()).toMatchObject({ waiting: 1, running: 1 });
    group.cancel('enough');
    group.cancel('too late');
    expect(stats()).toMatchObject({ waiting: 0, queued: 0 });
    await macrotask();
    expect(stats()).toMatchObject({ waiting: 0, queued: 0, running: 0, abandoned: 1 });
    await turn();
    expect(await Promise.all([...jobs, waiting, asked])).toEqual(
      Array.from({ length: 4 }, () => 'enough'),
    );
    expect(use.closed).toBe(1);
    expect(await rejection(group.wait())).toBe('enough');
    await group.close();
  });

  test('by default rejects with an AbortError', async () => {
    const { group } = grouped();
    const job = rejection(group.run('job', 1));
    group.cancel();
    expect(await job).toMatchObject({ name: 'AbortError' });
    await group.close();
  });

  test('is done by its signal, which has no listener afterwards', async () => {
    const controller = new AbortController();
    const add = vi.spyOn(controller.signal, 'addEventListener');
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    const { group } = grouped({ signal: controller.signal });
    const job = rejection(group.run('job', 1));
    controller.abort('enough');
    expect(await job).toBe('enough');
    await group.close();
    expect(remove.mock.calls[0]).toEqual(add.mock.calls[0]);
  });

  test('comes before the first job where its signal has aborted', async () => {
    const { group, stats } = grouped({ signal: AbortSignal.abort('enough') });
    expect(await rejection(group.run('job', 1))).toBe('enough');
    expect(await rejection(group.map('job', [1]).next())).toBe('enough');
    expect(stats()).toMatchObject({ submitted: 0 });
    await group.close();
  });

  test('reaches a nested group', async () => {
    const { group, scheduler } = grouped();
    const inner = new Group(scheduler, { signal: group.signal }, () => {});
    const job = rejection(inner.run('job', 1));
    group.cancel('enough');
    expect(await job).toBe('enough');
    await Promise.all([inner.close(), group.close()]);
  });
});

describe('leaving', () => {
  test('waits until nothing runs, and does not throw', async () => {
    const { group, link, turn } = grouped();
    const job = rejection(group.run('job', 1));
    link.start();
    const left = vi.fn<() => void>();
    const leaving = group.close().then(left);
    expect(await job).toMatchObject({ name: 'AbortError' });
    await macrotask();
    expect(left).not.toHaveBeenCalled();
    await turn();
    await leaving;
  });

  test('waits for a job that was cancelled long before, too', async () => {
    const { group, link, turn } = grouped();
    const handle = await group.submit('job', 1);
    link.start();
    handle.cancel();
    await macrotask();
    const left = vi.fn<() => void>();
    const leaving = group.close().then(left);
    await macrotask();
    expect(left).not.toHaveBeenCalled();
    await turn();
    await leaving;
  });

  test('closes a map that nobody reads, and one that nobody has begun', async () => {
    const { group, turn } = grouped();
    const [begun, untouched] = [counted([1, 2, 3, 4, 5, 6]), counted([1])];
    const asked = rejection(group.map('job', begun.source).next());
    const rows = group.map('job', untouched.source);
    await macrotask();
    const leaving = group[Symbol.asyncDispose]();
    await macrotask();
    await turn();
    await leaving;
    expect([begun.use.closed, untouched.use.opened]).toEqual([1, 0]);
    // A loop over either must not end as if it were complete.
    expect(await asked).toMatchObject({ name: 'AbortError' });
    expect(await rejection(rows.next())).toMatchObject({ name: 'AbortError' });
  });

  test('happens once; after it everything is ERR_GROUP_CLOSED', async () => {
    const { group } = grouped();
    expect(group.close()).toBe(group.close());
    await group.close();
    const closed = { code: 'ERR_GROUP_CLOSED', started: false };
    expect(await rejection(group.run('job', 1))).toMatchObject(closed);
    expect(await rejection(group.submit('job', 1))).toMatchObject(closed);
    expect(await rejection(group.wait())).toMatchObject(closed);
    expect(thrownBy(() => group.map('job', []))).toMatchObject(closed);
    group.cancel();
  });

  test('aborts its signal', async () => {
    const { group } = grouped();
    await group.close();
    expect(group.signal.reason).toMatchObject({ name: 'AbortError' });
  });
});

test('a submission that waits is accepted in its time', async () => {
  const { group, turn } = grouped(undefined, { jobs: 0, concurrency: 1, overflow: 'wait' });
  const first = group.run('job', 1);
  const submitted = group.submit('job', 2);
  await turn();
  const job = await submitted;
  await turn();
  expect(await Promise.all([first, job.result])).toEqual([2, 4]);
  await group.wait();
  await group.close();
});
