import { describe, expect, test, vi } from 'vitest';
import { Mapping } from '../../../src/map/mapping.js';
import { macrotask, rejection, thrownBy } from '../../helpers/outcomes.js';
import { counted, scripted } from './scripted.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('laziness', () => {
  test('nothing is opened or pulled before the first next()', async () => {
    const { map } = scripted();
    const { source, use } = counted([1]);
    const rows = map(source);
    await macrotask();
    expect(use).toEqual({ opened: 0, pulled: 0, closed: 0 });
    void rows.next();
    await macrotask();
    expect(use).toEqual({ opened: 1, pulled: 1, closed: 0 });
  });

  test('what is returned before that is never opened', async () => {
    const { map } = scripted();
    const { source, use } = counted([1]);
    const rows = map(source);
    expect(await rows.return()).toEqual({ done: true, value: undefined });
    expect(await rows.next()).toEqual({ done: true, value: undefined });
    expect(use.opened).toBe(0);
  });
});

describe('room', () => {
  test.each([
    { options: {}, concurrency: 1, pulled: 2 },
    { options: {}, concurrency: 3, pulled: 6 },
    { options: { inFlight: 1 }, concurrency: 3, pulled: 1 },
    { options: { inFlight: 4 }, concurrency: 1, pulled: 4 },
    { options: { inFlight: 4, window: 3 }, concurrency: 1, pulled: 3 },
    { options: { inFlight: 100, window: 100 }, concurrency: 1, pulled: 6 },
    { options: { inFlight: 9, window: { bytes: 1300 } }, concurrency: 1, pulled: 3 },
  ])('$options and $concurrency slots: $pulled are pulled at first', async (given) => {
    const { map } = scripted({ concurrency: given.concurrency });
    const { source, use } = counted(numbers(200));
    void map(source, given.options).next();
    await macrotask();
    expect(use.pulled).toBe(given.pulled);
  });

  test('short jobs have up to 256 in flight', async () => {
    const { map, turn } = scripted({ jobs: 1000 });
    const { source, use } = counted(numbers(5000));
    const rows = map(source);
    void rows.next();
    await macrotask();
    await turn();
    await turn();
    expect(use.pulled, 'two have ended').toBe(256 + 2);
  });

  test('a window without a consumer is filled, and no more', async () => {
    const { map, turn } = scripted();
    const { source, use } = counted(numbers(200));
    void map(source, { inFlight: 2 }).next();
    await macrotask();
    for (let round = 0; round < 100; round += 1) await turn();
    expect(use.pulled, 'one was delivered').toBe(64 + 1);
  });

  test('an item that is larger than the window goes alone', async () => {
    const { map, turn } = scripted({ concurrency: 3 });
    const inputs = ['1', '2'.padEnd(5000), '3', '4'];
    const rows = map(inputs, { inFlight: 3, window: { bytes: 1100 } });
    const asked = inputs.map(() => rows.next());
    await macrotask();
    expect(await turn()).toEqual(['1']);
    expect(await turn()).toEqual([inputs[1]]);
    expect(await turn()).toEqual(['3', '4']);
    expect(await Promise.all(asked)).toMatchObject([2, 4, 6, 8].map((value) => ({ value })));
  });

  test('where the room is gone when the item comes it is kept, and goes with the next turn', async () => {
    const { scheduler, map, turn, stats } = scripted({ jobs: 2 });
    let answer: ((item: unknown) => void) | undefined;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((resolve) => {
            answer = (value) => resolve({ done: false, value });
          }),
      }),
    };
    const rows = map(source);
    const first = rows.next();
    await macrotask();
    const others = [
      scheduler.trySubmit('job', 100, undefined),
      scheduler.trySubmit('job', 101, undefined),
    ];
    others.push(scheduler.trySubmit('job', 102, undefined));
    answer?.(7);
    await macrotask();
    expect(stats()).toMatchObject({ submitted: 3 });
    expect(await turn()).toEqual([100]);
    expect(stats(), 'it takes the place that is free, as it has nothing in flight').toMatchObject({
      submitted: 4,
    });
    await turn();
    await turn();
    expect(await turn()).toEqual([7]);
    expect(await first).toEqual({ done: false, value: 14 });
  });
});

describe('errors', () => {
  test('in order: earlier results come first, later jobs are dropped', async () => {
    const { map, turn, stats } = scripted({ concurrency: 3 });
    const { source, use } = counted(numbers(100));
    const rows = map(source, { inFlight: 3 });
    const asked = [rows.next(), rejection(rows.next()), rows.next()];
    await macrotask();
    await turn((input) => input === 1);
    expect(await asked[0]).toEqual({ done: false, value: 0 });
    expect(await asked[1]).toMatchObject({ message: 'job 1' });
    expect(await asked[2]).toEqual({ done: true, value: undefined });
    expect(use).toEqual({ opened: 1, pulled: 3, closed: 1 });
    expect(stats()).toMatchObject({ submitted: 3, queued: 0, running: 0 });
  });

  test('an earlier error that comes later is the one', async () => {
    const { link, map } = scripted({ concurrency: 3 });
    const rows = map(numbers(3), { inFlight: 3 });
    const asked = [rows.next(), rejection(rows.next())];
    await macrotask();
    for (let index = 0; index < 3; index += 1) link.start();
    for (const input of [2, 1, 0]) {
      const index = link.running.findIndex((running) => running.input === input);
      link.end(index, input === 0 ? { value: 'first' } : { error: input });
      link.announce();
      await macrotask();
    }
    expect(await asked[0]).toEqual({ done: false, value: 'first' });
    expect(await asked[1]).toBe(1);
  });

  test('settle tells of every item', async () => {
    const { map, turn } = scripted();
    const rows = map([1, 2, () => {}], { onError: 'settle' });
    const asked = [rows.next(), rows.next(), rows.next(), rows.next()];
    for (let round = 0; round < 4; round += 1) {
      await macrotask();
      await turn((input) => input === 2);
    }
    expect(await Promise.all(asked)).toEqual([
      { done: false, value: { index: 0, status: 'fulfilled', value: 2 } },
      {
        done: false,
        value: {
          index: 1,
          status: 'rejected',
          reason: expect.objectContaining({ message: 'job 2' }),
        },
      },
      {
        done: false,
        value: {
          index: 2,
          status: 'rejected',
          reason: expect.objectContaining({ code: 'ERR_NOT_CLONEABLE' }),
        },
      },
      { done: true, value: undefined },
    ]);
  });

  test('an unknown job ends it whatever onError says', async () => {
    const { scheduler } = scripted();
    const mapping = new Mapping(scheduler, 'nothing', [1, 2], { onError: 'settle' });
    expect(await rejection(mapping.ask())).toMatchObject({ code: 'ERR_UNKNOWN_JOB' });
    expect(await mapping.ask()).toEqual({ done: true, value: undefined });
  });

  test.each([
    [1, undefined, 'name'],
    ['job', undefined, 'source'],
    ['job', [], 'inFlight'],
  ])('%o over %o: the option %s is refused at once', async (name, source, option) => {
    const { scheduler } = scripted();
    const make = () => new Mapping(scheduler, name as string, source, { inFlight: 0 });
    expect(thrownBy(make)).toMatchObject({ code: 'ERR_INVALID_OPTION', option });
  });
});

describe('the end', () => {
  test('return() waits for what runs, and next() is done at once', async () => {
    const { link, map, stats } = scripted();
    const { source, use } = counted(numbers(10));
    const rows = map(source);
    const pending = rows.next();
    await macrotask();
    link.start();
    const returned = vi.fn<() => void>();
    const returning = rows.return().then(returned);
    expect(await pending).toEqual({ done: true, value: undefined });
    await macrotask();
    expect(use.closed).toBe(1);
    expect(returned, 'a job runs').not.toHaveBeenCalled();
    expect(stats()).toMatchObject({ cancelled: 2, abandoned: 1, queued: 0, running: 0 });
    link.end(0, { value: 'nobody waits for it' });
    link.announce();
    await returning;
    await rows.return();
    expect(use.closed).toBe(1);
  });

  test('what runs on a thread that is gone is not waited for', async () => {
    const { scheduler, link, map } = scripted();
    const rows = map(numbers(3));
    void rows.next();
    await macrotask();
    link.start();
    const returning = rows.return();
    await macrotask();
    scheduler.loseThread(link, { cause: undefined, isDeliberate: true });
    await returning;
  });

  test('nor what runs on when the pool has ended', async () => {
    const { scheduler, link, map } = scripted();
    const rows = map(numbers(3));
    void rows.next();
    await macrotask();
    link.start();
    const returning = rows.return();
    await macrotask();
    scheduler.close();
    scheduler.stop();
    await returning;
  });

  test('return() throws what closing the source throws, once', async () => {
    const { map } = scripted();
    const error = new Error('it can not be closed');
    const source = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return() {
          throw error;
        },
      }),
    };
    const rows = map(source);
    void rows.next();
    await macrotask();
    expect(await rejection(rows.return())).toBe(error);
    expect(await rows.return()).toEqual({ done: true, value: undefined });
  });

  test.each([1, 2])(
    'an item whose getter stops the map when it is read the %i. time',
    async (time) => {
      const { link, map, stats } = scripted();
      let reads = 0;
      const item = {
        get field(): number {
          reads += 1;
          if (reads === time) void rows.return();
          return 1;
        },
      };
      const { source, use } = counted([item, 1, 2, 3]);
      const rows = map(source);
      expect(await rows.next()).toEqual({ done: true, value: undefined });
      await rows.return();
      expect([use.closed, link.running]).toEqual([1, []]);
      expect(stats()).toMatchObject({ queued: 0, running: 0, abandoned: 0 });
    },
  );

  test('a signal that has aborted throws its reason, and the source is not opened', async () => {
    const { map } = scripted();
    const { source, use } = counted([1]);
    const rows = map(source, { signal: AbortSignal.abort('enough') });
    expect(await rejection(rows.next())).toBe('enough');
    expect(await rows.next()).toEqual({ done: true, value: undefined });
    expect(use.opened).toBe(0);
  });

  test('a signal has a listener only while the map runs', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    const { map, turn } = scripted();
    const rows = map([1], { signal });
    const asked = rows.next();
    expect([add.mock.calls.length, remove.mock.calls.length]).toEqual([1, 0]);
    await macrotask();
    await turn();
    expect(await asked).toEqual({ done: false, value: 2 });
    expect(await rows.next()).toEqual({ done: true, value: undefined });
    expect(remove.mock.calls[0]).toEqual(add.mock.calls[0]);
    controller.abort('too late');
    expect(await rows.next()).toEqual({ done: true, value: undefined });
  });

  test('a closing pool: what was accepted is delivered, then ERR_POOL_CLOSED is thrown', async () => {
    const { scheduler, map, turn } = scripted();
    const { source, use } = counted(numbers(10));
    const rows = map(source);
    const asked = [rows.next(), rows.next(), rejection(rows.next())];
    await macrotask();
    scheduler.close();
    while ((await turn()).length > 0);
    expect(await Promise.all(asked.slice(0, 2))).toMatchObject([{ value: 0 }, { value: 2 }]);
    expect(await asked[2]).toMatchObject({ code: 'ERR_POOL_CLOSED' });
    expect(use).toEqual({ opened: 1, pulled: 2, closed: 1 });
  });

  test('a map of a closed pool', async () => {
    const { scheduler, map } = scripted();
    scheduler.close();
    const { source, use } = counted([1]);
    expect(await rejection(map(source).next())).toMatchObject({ code: 'ERR_POOL_CLOSED' });
    expect(use.opened).toBe(0);
  });
});

test.each([
  ['fails', [[{ error: expect.objectContaining({ message: 'job 1' }) }]]],
  ['ends', [[undefined]]],
  ['is left', [[undefined]]],
  ['is aborted', [[{ error: 'enough' }]]],
  ['is left before it has begun', [[undefined]]],
])('whoever waits is told of its end once, when it %s', async (how, calls) => {
  const { scheduler, turn } = scripted();
  const ended = vi.fn<(failure: unknown) => void>();
  const mapping = new Mapping(scheduler, 'job', [1], undefined, ended);
  if (how !== 'is left before it has begun') mapping.ask().catch(() => {});
  await macrotask();
  if (how.startsWith('is left')) void mapping.stop();
  if (how === 'is aborted') mapping.abort('enough');
  await macrotask();
  await turn(() => how === 'fails');
  await macrotask();
  expect(ended.mock.calls).toEqual(calls);
});
