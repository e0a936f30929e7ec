import { expect, test } from 'vitest';
import { Scheduler } from '../../src/scheduler.js';
import { macrotask, rejection } from '../helpers/outcomes.js';
import { ScriptedLink } from './scripted-link.js';

/** A scheduler with one thread, on which short jobs may wait. */
async function scripted() {
  const scheduler = new Scheduler(
    {
      threads: 1,
      concurrency: 1,
      backlog: { jobs: 8, bytes: 100_000, waiters: 0 },
      overflow: 'reject',
      coalesce: true,
    },
    { live() {}, saturated() {}, available() {}, failedUnread() {}, drained() {} },
  );
  const link = new ScriptedLink(8);
  scheduler.addThread(link);
  const submit = (input: number) => {
    const job = scheduler.trySubmit('job', input, {});
    if (job === undefined) return expect.fail('it was refused');
    return job;
  };
  for (let call = 0; call < 10; call += 1) {
    const job = submit(call);
    link.start();
    link.end(0, { value: call });
    link.announce();
    expect(await job.result).toBe(call);
  }
  return { link, submit };
}

/** Lets the thread do something right after the main thread has looked whether a job has ended. */
function afterTheLook({ rings }: ScriptedLink, step: () => void): void {
  const look = rings.isFinished.bind(rings);
  rings.isFinished = (cell) => {
    rings.isFinished = look;
    const isFinished = look(cell);
    step();
    return isFinished;
  };
}

test.each([
  ['in its cell', 'value'],
  ['in a message', ['value']],
])(
  'a thread is not stopped for a cancelled job that ends meanwhile, its result %s, and goes on',
  async (_, value) => {
    const { link, submit } = await scripted();
    const [cancelled, next] = [submit(1), submit(2)];
    link.start();
    expect(link.left).toBe(1);
    afterTheLook(link, () => {
      link.end(0, { value });
      link.start();
    });
    cancelled.cancel('enough');
    expect(await rejection(cancelled.result)).toBe('enough');
    expect(link.running).toMatchObject([{ input: 2 }]);
    expect(link.isStopped).toBe(false);
    link.end(0, { value: 'next' });
    link.announce();
    expect(await next.result).toBe('next');
  },
);

test('a thread is stopped for a cancelled job that does not end, and starts nothing else', async () => {
  const { link, submit } = await scripted();
  const [cancelled, next] = [submit(1), submit(2)];
  link.start();
  cancelled.cancel('enough');
  expect(await rejection(cancelled.result)).toBe('enough');
  expect(link.isStopped).toBe(true);
  expect(link.start()).toBeUndefined();
  await macrotask();
  expect(next.state).toBe('queued');
});
