import { afterEach, expect, test, vi } from 'vitest';
import { Scheduler } from '../../../src/schedule/scheduler.js';
import { macrotask, rejection } from '../../helpers/outcomes.js';
import { ScriptedLink } from './scripted-link.js';

/** A scheduler whose threads are scripted. */
function schedulerOf(
  settings: { threads: number; concurrency: number; coalesce: boolean },
  now: () => number = () => performance.now(),
) {
  const scheduler = new Scheduler(
    { ...settings, backlog: { jobs: 8, bytes: 100_000, waiters: 0 }, overflow: 'reject' },
    { live() {}, saturated() {}, available() {}, failedUnread() {}, drained() {} },
    now,
  );
  const links = Array.from({ length: settings.threads }, () => {
    const link = new ScriptedLink(settings.concurrency + 64, now);
    scheduler.addThread(link);
    return link;
  });
  const submit = (input: unknown, transfer: ArrayBuffer[] = []) => {
    const job = scheduler.trySubmit('job', input, { transfer });
    if (job === undefined) return expect.fail('it was refused');
    return job;
  };
  return { links, submit };
}

/** One thread, on which short jobs may wait. */
async function scripted() {
  const { links, submit } = schedulerOf({ threads: 1, concurrency: 1, coalesce: true });
  const link = links[0] as ScriptedLink;
  for (let call = 0; call < 10; call += 1) {
    const job = submit(call);
    link.start();
    link.end(0, { value: call });
    link.announce();
    expect(await job.result).toBe(call);
  }
  return { link, submit };
}

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  { runMs: 1, isTaken: true, what: 'is taken where it has a while to go on' },
  { runMs: 0.01, isTaken: false, what: 'waits for its own bell where it is nearly through' },
])('what a thread has done when another one rings $what', async ({ runMs, isTaken }) => {
  let nowMs = 0;
  const { links, submit } = schedulerOf(
    { threads: 2, concurrency: 1, coalesce: true },
    () => nowMs,
  );
  const [first, second] = links as [ScriptedLink, ScriptedLink];
  const runOne = (link: ScriptedLink): void => {
    link.start();
    nowMs += runMs;
    link.end(0, { value: 'done' });
  };
  const known = submit('teaches how long it takes');
  runOne(first);
  first.announce();
  await known.result;

  const jobs = [1, 2, 3, 4].map((input) => submit(input));
  expect(links.map(({ left }) => left)).toEqual([2, 2]);
  for (const link of links) runOne(link);
  first.announce();
  await macrotask();
  expect(jobs.filter(({ state }) => state === 'fulfilled').length).toBe(isTaken ? 2 : 1);
  second.announce();
  await macrotask();
  expect(jobs.filter(({ state }) => state === 'fulfilled').length).toBe(2);
});

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

test.each([true, false])(
  'what waits behind a job that blocks its thread goes to a free slot elsewhere: coalesce %s',
  async (coalesce) => {
    vi.useFakeTimers();
    const { links, submit } = schedulerOf({ threads: 2, concurrency: 4, coalesce });
    const [blocked, other] = links as [ScriptedLink, ScriptedLink];
    const first = submit(0);
    blocked.start();
    const jobs = [submit(1), submit(2), submit(3)];
    // The thread that is blocked has as many free slots, or more.
    expect([blocked.left, other.left]).not.toEqual([0, 3]);
    vi.advanceTimersByTime(50);
    const started = jobs.map(() => other.start()?.input);
    expect(started.toSorted()).toEqual([1, 2, 3]);
    expect(jobs.map((job) => job.state)).toEqual(['running', 'running', 'running']);
    while (other.running.length > 0) other.end(0, { value: 'elsewhere' });
    other.announce();
    expect(await Promise.all(jobs.map((job) => job.result))).toEqual(jobs.map(() => 'elsewhere'));
    expect(first.state).toBe('running');
  },
);

test('memory goes to an idle thread that is awake, else not to the one that had the last job', async () => {
  const { links, submit } = schedulerOf({ threads: 2, concurrency: 1, coalesce: true });
  const goesTo = async (transfer: ArrayBuffer[]): Promise<number> => {
    const job = submit(transfer.length, transfer);
    const at = links.findIndex(({ left }) => left > 0);
    const link = links[at] as ScriptedLink;
    link.start();
    link.end(0, { value: at });
    link.announce();
    expect(await job.result).toBe(at);
    return at;
  };
  const memory = () => [new ArrayBuffer(8)];
  expect(await goesTo(memory())).toBe(0);
  // It has not gone to sleep since.
  expect(await goesTo(memory())).toBe(0);
  links[0]?.sleep();
  expect(await goesTo(memory())).toBe(1);
  links[1]?.sleep();
  expect(await goesTo(memory())).toBe(0);
  links[0]?.sleep();
  // Others go to the first one, asleep or not.
  expect([await goesTo([]), await goesTo([])]).toEqual([0, 0]);
});
