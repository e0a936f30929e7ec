import { expect, test } from 'vitest';
import { repeats } from '../helpers/extent.js';
import type { TalliedPool } from '../helpers/tallied-pool.js';
import { fixture, guard } from '../helpers/guard.js';
import { macrotask, until } from '../helpers/outcomes.js';
import { Random } from '../helpers/random.js';

const { makePool } = guard();
const module = fixture('chaos.js');
const MOST_JOBS = 100_000;

interface Entry {
  readonly cell: number;
  readonly kind: 'work' | 'exit' | 'never' | 'fail';
  outcome: string | undefined;
  started: unknown;
  settledTimes: number;
}

/** Submits jobs of all kinds until `kills` threads were killed. */
async function havoc(
  pool: TalliedPool,
  random: Random,
  cells: Int32Array,
  kills: number,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const settling: Array<Promise<void>> = [];
  const killed = (): number => pool.stats().threads.lost + pool.stats().threads.retirements;

  async function submit(kind: Entry['kind']): Promise<void> {
    const entry: Entry = {
      cell: entries.length,
      kind,
      outcome: undefined,
      started: undefined,
      settledTimes: 0,
    };
    entries.push(entry);
    const settled = (outcome: string, error?: any): void => {
      entry.outcome = outcome;
      entry.started = error?.started;
      entry.settledTimes += 1;
    };
    const cancelling = new AbortController();
    const job = await pool.submit(
      kind,
      { cells, cell: entry.cell, steps: random.whole(20_000) },
      { signal: cancelling.signal },
    );
    settling.push(
      job.result.then(
        (result: any) => settled(result.cell === entry.cell ? 'fulfilled' : 'the wrong result'),
        (error) => settled(error === 'cancelled' ? 'cancelled' : (error.code ?? error.name), error),
      ),
    );
    // Jobs that never return must be cancelled; some others are cancelled at a random moment.
    if (kind !== 'never' && random.next() > 0.03) return;
    const turns = random.whole(40);
    settling.push(
      (async () => {
        await until(() => kind !== 'never' || Atomics.load(cells, entry.cell) === 1);
        for (let turn = 0; turn < turns; turn += 1) await macrotask();
        if (turns % 2 === 0) cancelling.abort('cancelled');
        else job.cancel('cancelled');
      })(),
    );
  }

  while (killed() < kills && entries.length < MOST_JOBS) {
    const dice = random.next();
    if (dice < 0.01) await submit('exit');
    else if (dice < 0.02) await submit('never');
    else if (dice < 0.05) await submit('fail');
    else await submit('work');
    if (random.next() < 0.05) await macrotask();
  }
  await Promise.all(settling);
  return entries;
}

test.each([
  [repeats(40, 120), 2, 1, 16],
  [repeats(8, 40), 2, 3, 4],
])(
  '%i threads are killed at random moments: %i threads, concurrency %i, backlog %i',
  async (kills, threads, concurrency, backlog) => {
    const random = new Random();
    const pool = makePool({ threads, concurrency, backlog }, module);
    const cells = new Int32Array(new SharedArrayBuffer(4 * MOST_JOBS));
    const entries = await havoc(pool, random, cells, kills);
    const wrong = entries.filter(({ cell, kind, outcome, started, settledTimes }) => {
      const starts = Atomics.load(cells, cell);
      if (settledTimes !== 1 || starts > 1) return true;
      switch (outcome) {
        case 'fulfilled':
          return kind !== 'work' || starts !== 1;
        case 'RangeError':
          return kind !== 'fail' || starts !== 1;
        case 'ERR_THREAD_LOST':
          return started !== true || starts !== 1;
        default:
          return outcome !== 'cancelled';
      }
    });
    const seed = { seed: random.seed };
    expect({ ...seed, wrong }).toEqual({ ...seed, wrong: [] });
    await pool.ready();
    // A thread that a cancelled job still blocks is retired at the end of its grace.
    await until(() => {
      const { busy, ready, retired } = pool.stats().threads;
      return busy === 0 && ready === threads && retired === 0;
    });
    const { threads: counts, jobs } = pool.stats();
    expect({ ...seed, ...counts }).toMatchObject({
      ...seed,
      target: threads,
      ready: threads,
      busy: 0,
    });
    expect(counts.lost + counts.retirements).toBeGreaterThanOrEqual(kills);
    const tally = (...outcomes: string[]): number =>
      entries.filter(({ outcome }) => outcomes.includes(outcome as string)).length;
    expect({ ...seed, ...jobs }).toEqual({
      ...seed,
      submitted: entries.length,
      waiting: 0,
      queued: 0,
      running: 0,
      fulfilled: tally('fulfilled'),
      rejected: tally('RangeError', 'ERR_THREAD_LOST'),
      cancelled: tally('cancelled'),
      timedOut: 0,
      dropped: 0,
      refused: 0,
      abandoned: 0,
    });
    expect(await pool.run('work', { cells, cell: 0, steps: 1 })).toMatchObject({ cell: 0 });
  },
  // Only ends a test that hangs: each kill costs the boot of a thread.
  600_000,
);

test('a map and groups lose nothing while threads are killed', { timeout: 120_000 }, async () => {
  const random = new Random();
  const pool = makePool({ threads: 2, concurrency: 2, backlog: 16 }, module);
  const items = repeats(2000, 10_000);
  const cells = new Int32Array(new SharedArrayBuffer(4 * 2 * items));
  const kinds: Array<'work' | 'exit' | 'fail'> = [];
  function* source(): Generator<unknown> {
    for (let cell = 0; cell < items; cell += 1) {
      const dice = random.next();
      const kind = dice < 0.01 ? 'exit' : dice < 0.04 ? 'fail' : 'work';
      kinds.push(kind);
      yield { kind, cells, cell, steps: random.whole(2000) };
    }
  }
  const map = { isOver: false };
  let grouped = items;
  const grouping = (async () => {
    while (!map.isOver) {
      const group = pool.group();
      const jobs = Array.from({ length: 6 }, () => {
        grouped += 1;
        const cell = items + (grouped % items);
        return group.run('any', { kind: 'work', cells, cell, steps: random.whole(20_000) });
      });
      const settled = Promise.allSettled(jobs);
      for (let turn = random.whole(5); turn > 0; turn -= 1) await macrotask();
      await group.close();
      await settled;
    }
  })();
  const wrong: unknown[] = [];
  let next = 0;
  for await (const row of pool.map('any', source(), { onError: 'settle' })) {
    const kind = kinds[next];
    const starts = Atomics.load(cells, next);
    const isRight =
      row.status === 'fulfilled'
        ? kind === 'work' && (row.value as { cell: number }).cell === next
        : kind === 'fail'
          ? row.reason instanceof RangeError || isLoss(row.reason)
          : isLoss(row.reason);
    if (row.index !== next || starts !== 1 || !isRight) wrong.push({ next, kind, starts, row });
    next += 1;
  }
  map.isOver = true;
  await grouping;
  const seed = { seed: random.seed };
  expect({ ...seed, next, wrong }).toEqual({ ...seed, next: items, wrong: [] });
  expect(pool.stats().threads.lost).toBeGreaterThan(0);
  expect(pool.stats().jobs).toMatchObject({ waiting: 0, queued: 0, running: 0, dropped: 0 });
});

/** True if the thread ended while it ran the job: its other running jobs are lost, too. */
function isLoss(error: unknown): boolean {
  const { code, started } = error as { code?: unknown; started?: unknown };
  return code === 'ERR_THREAD_LOST' && started === true;
}
