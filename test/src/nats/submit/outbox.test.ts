/** Tests the queue before the server, with a fake server that has a number of places, and one for each key. */
import { JetStreamApiError } from '@nats-io/jetstream';
import { expect, test } from 'vitest';
import type { RemoteFullError } from '../../../../src/nats/errors.js';
import { Outbox, type OutboxLimits } from '../../../../src/nats/submit/outbox.js';
import { RemoteJobRecord } from '../../../../src/nats/submit/remote-job.js';
import { macrotask } from '../../../helpers/outcomes.js';

interface Terms {
  readonly id?: string;
  readonly key?: string;
  readonly whenFull?: RemoteJobRecord['whenFull'];
}

class Bench {
  readonly stored: RemoteJobRecord[] = [];
  readonly refused: string[] = [];
  /** The job's number of each publish. */
  readonly published: number[] = [];
  readonly outbox: Outbox;
  readonly #places: number;
  #last = 0;
  isAwaited = false;
  onRoom = (): void => {};

  constructor(places: number, limits: Partial<OutboxLimits> = {}) {
    this.#places = places;
    this.outbox = new Outbox(
      { publish: (job) => this.#publish(job) },
      (onRoom) => {
        this.onRoom = onRoom;
        return {
          await: () => (this.isAwaited = true),
          leave: () => (this.isAwaited = false),
        };
      },
      { waiters: 10, bytes: 1000, publishing: 4, unread: 100, ...limits },
      {
        accepted: (job, sequence) => job.accept(sequence),
        refused: (job, error) => {
          this.refused.push(`${job.number} ${(error as RemoteFullError).limit}`);
          if (job.settle('refused', error)) this.outbox.onSettled(job);
        },
        unread: () => this.stored.length,
        slack: () => {},
      },
    );
  }

  async #publish(job: RemoteJobRecord): Promise<number> {
    await macrotask();
    this.published.push(job.number);
    const subject = (each: RemoteJobRecord) => each.key ?? `id ${each.id}`;
    if (this.stored.some((each) => subject(each) === subject(job)))
      throw full('maximum messages per subject exceeded');
    if (this.stored.length >= this.#places) throw full('maximum messages exceeded');
    this.stored.push(job);
    return job.number;
  }

  add({ key, id, whenFull = 'wait' }: Terms = {}): RemoteJobRecord {
    this.#last += 1;
    const job = new RemoteJobRecord(() => false, this.#last, {
      headers: { id: id ?? `${this.#last}`, nonce: '', name: 'any', submitter: '', encoding: 'v8' },
      key,
      payload: new Uint8Array(),
      bytes: 10,
      input: undefined,
      onProgress: undefined,
      whenFull,
    } as never);
    try {
      this.outbox.add(job);
    } catch (error) {
      this.refused.push(`${job.number} ${(error as RemoteFullError).limit}`);
      if (job.settle('refused', error)) this.outbox.onSettled(job);
    }
    return job;
  }

  /** Ends a stored job, as its node and the server would. */
  async end(job: RemoteJobRecord): Promise<void> {
    this.stored.splice(this.stored.indexOf(job), 1);
    this.outbox.onSettled(job);
    await this.room();
  }

  async room(): Promise<void> {
    if (this.isAwaited) this.onRoom();
    await settle();
  }

  get numbers(): number[] {
    return this.stored.map(({ number }) => number);
  }
}

function full(description: string): JetStreamApiError {
  return new JetStreamApiError({ code: 503, err_code: 10_077, description });
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await macrotask();
}

test('those that wait come in one after the other, in their order', async () => {
  const bench = new Bench(2);
  const jobs = Array.from({ length: 6 }, () => bench.add());
  await settle();
  expect(bench.numbers).toEqual([1, 2]);
  for (const job of jobs.slice(0, 4)) await bench.end(job);
  expect(bench.numbers).toEqual([5, 6]);
  expect(bench.isAwaited).toBe(false);
});

test('a job whose key is full holds up those of its key, and nobody else', async () => {
  const bench = new Bench(10);
  const first = bench.add({ key: 'a' });
  for (const key of ['a', 'a', 'b']) bench.add({ key });
  bench.add();
  await settle();
  expect(bench.numbers).toEqual([1, 4, 5]);
  // The server is asked for a place again only once one is likely.
  bench.published.splice(0);
  bench.add();
  await settle();
  expect(bench.published).toEqual([6]);
  await bench.end(first);
  expect(bench.numbers).toEqual([4, 5, 6, 2]);
  expect(bench.refused).toEqual([]);
});

test('the jobs of a key keep their order', async () => {
  const bench = new Bench(10, { publishing: 1 });
  const order: number[] = [];
  let job = bench.add({ key: 'a' });
  for (let count = 0; count < 4; count += 1) bench.add({ key: 'a' });
  for (;;) {
    await settle();
    const [stored] = bench.stored;
    if (stored === undefined) break;
    job = stored;
    order.push(job.number);
    await bench.end(job);
  }
  expect(order).toEqual([1, 2, 3, 4, 5]);
  expect(bench.isAwaited).toBe(false);
});

test('keys that are full take turns', async () => {
  const bench = new Bench(10);
  const held = ['a', 'b', 'c'].map((key) => bench.add({ key }));
  for (const key of ['a', 'b', 'c']) bench.add({ key });
  await settle();
  bench.published.splice(0);
  for (let count = 0; count < 3; count += 1) await bench.room();
  expect(bench.published.toSorted()).toEqual([4, 5, 6]);
  // A job of another submitter ends; nothing reports which one.
  bench.stored.splice(bench.stored.indexOf(held[1] as RemoteJobRecord), 1);
  for (let count = 0; count < 3; count += 1) await bench.room();
  expect(bench.numbers).toEqual([1, 3, 5]);
});

test('one that may not wait is refused by its own key alone', async () => {
  const bench = new Bench(10);
  bench.add({ key: 'a' });
  bench.add({ key: 'a' });
  await settle();
  bench.add({ key: 'a', whenFull: 'refuse' });
  bench.add({ key: 'b', whenFull: 'refuse' });
  await settle();
  expect(bench.refused).toEqual(['3 key']);
  expect(bench.numbers).toEqual([1, 4]);
});

test('those that wait for their key count as waiters, and the last ones are refused', async () => {
  const bench = new Bench(10, { waiters: 2, publishing: 8 });
  for (let count = 0; count < 6; count += 1) bench.add({ key: 'a' });
  await settle();
  expect(bench.numbers).toEqual([1]);
  expect(bench.refused).toEqual(['4 waiters', '5 waiters', '6 waiters']);
  // Others are accepted as long as they need not wait.
  for (const key of ['b', 'a', 'c', 'b']) bench.add({ key });
  await settle();
  expect(bench.numbers).toEqual([1, 7, 9]);
  expect(bench.refused.slice(3)).toEqual(['8 waiters', '10 waiters']);
});

test('on a full server those whose keys have room again come in before younger ones', async () => {
  const bench = new Bench(2);
  const [a] = [bench.add({ key: 'a' }), bench.add({ key: 'a' }), bench.add()] as const;
  await settle();
  for (let count = 0; count < 4; count += 1) bench.add();
  await settle();
  expect(bench.numbers).toEqual([1, 3]);
  await bench.end(a);
  const order = [...bench.numbers];
  for (let turn = 0; bench.stored.length > 0 && turn < 20; turn += 1) {
    await bench.end(bench.stored[0] as RemoteJobRecord);
    for (const number of bench.numbers) if (!order.includes(number)) order.push(number);
  }
  expect(order).toEqual([3, 2, 4, 5, 6, 7]);
  expect([bench.refused, bench.isAwaited]).toEqual([[], false]);
});

test('many full keys keep neither each other nor the queue from their turns', async () => {
  const bench = new Bench(21, { waiters: 100 });
  const keys = Array.from({ length: 20 }, (_, index) => `key ${index}`);
  const held = keys.map((key) => bench.add({ key }));
  for (const key of keys) bench.add({ key });
  const free = bench.add();
  await settle();
  const [first, second] = [bench.add(), bench.add()] as const;
  await settle();
  // The job in the queue gets every second turn.
  bench.stored.splice(bench.stored.indexOf(free), 1);
  for (let count = 0; count < 2; count += 1) await bench.room();
  expect(bench.stored).toContain(first);
  // A key whose job has ended gets its turn soon, though another key is tried again and again.
  await bench.end(held[13] as RemoteJobRecord);
  for (let count = 0; count < 3; count += 1) {
    bench.add({ key: 'key 5', whenFull: 'refuse' });
    await bench.room();
  }
  expect(bench.stored.some(({ key, number }) => key === 'key 13' && number > 20)).toBe(true);
  expect(bench.stored).not.toContain(second);
});

test('refusals of one key keep no other from its turn', async () => {
  const bench = new Bench(10);
  const b = { key: 'b' };
  for (const key of ['a', 'b', 'a', 'b']) bench.add({ key });
  await settle();
  bench.stored.splice(
    bench.stored.findIndex(({ key }) => key === b.key),
    1,
  );
  for (let count = 0; count < 3; count += 1) {
    bench.add({ key: 'a', whenFull: 'refuse' });
    await bench.room();
  }
  expect(bench.numbers).toEqual([1, 4]);
});

test('an id that is still on the server keeps its own job alone, which can be taken back', async () => {
  const bench = new Bench(10, { waiters: 1 });
  bench.add({ id: 'same' });
  const [again, tooMany] = [bench.add({ id: 'same' }), bench.add({ id: 'same' })] as const;
  bench.add();
  await settle();
  expect(bench.numbers).toEqual([1, 4]);
  expect([tooMany.ending, bench.refused]).toEqual(['refused', ['3 waiters']]);
  expect(bench.outbox.forget(again)).toBe(true);
  bench.published.splice(0);
  await bench.room();
  expect(bench.published).toEqual([]);
});

test('one that ends while its key is full leaves its bytes and its place', async () => {
  const bench = new Bench(10, { waiters: 1, bytes: 30 });
  bench.add({ key: 'a' });
  const waits = bench.add({ key: 'a' });
  await settle();
  expect(bench.outbox.forget(waits)).toBe(true);
  expect(bench.isAwaited).toBe(false);
  for (let count = 0; count < 3; count += 1) bench.add();
  await settle();
  expect(bench.numbers).toEqual([1, 3, 4, 5]);
  expect(bench.refused).toEqual([]);
});

test('closing hands back what waits for a key, too', async () => {
  const bench = new Bench(10);
  bench.add({ key: 'a' });
  const waits = bench.add({ key: 'a' });
  await settle();
  expect(bench.outbox.close()).toEqual([waits]);
});

test('whoever does not wait is refused where no more results may be outstanding', async () => {
  const bench = new Bench(10, { unread: 3 });
  for (let left = 3; left > 0; left -= 1) bench.add({ whenFull: 'refuse' });
  bench.add({ whenFull: 'refuse' });
  expect(bench.refused, 'those that are on their way count').toEqual(['4 maxUnread']);
  bench.add();
  await settle();
  bench.add({ whenFull: 'refuse' });
  expect(bench.refused).toEqual(['4 maxUnread', '6 maxUnread']);
  expect(bench.published).toEqual([1, 2, 3]);
});
