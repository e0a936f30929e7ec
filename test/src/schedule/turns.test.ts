import { describe, expect, test } from 'vitest';
import { PoolClosedError } from '../../../src/api/errors.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Backlog, type BacklogLimits } from '../../../src/schedule/backlog.js';
import { type Feeder, Turns } from '../../../src/schedule/turns.js';
import { macrotask } from '../../helpers/outcomes.js';
import { type JobFields, jobOf } from '../dispatch/jobs.js';

const LIMITS: BacklogLimits = { jobs: 4, bytes: 10_000, waiters: 10 };

/** A backlog with one slot, so that feeders go on while fewer than three jobs are accepted. */
function setUp(limits = LIMITS) {
  const backlog = new Backlog<JobRecord>(1, limits);
  const turns = new Turns(backlog, 1);
  /** Actions, in order. */
  const log: string[] = [];
  let id = 0;
  const accept = (fields: Partial<JobFields> = {}): JobRecord => {
    id += 1;
    const job = jobOf(id, fields);
    backlog.accept(job);
    return job;
  };
  const wait = (fields: Partial<JobFields> = {}): JobRecord => {
    id += 1;
    const job = jobOf(id, fields);
    backlog.wait(job);
    return job;
  };
  /** A feeder that takes `left` turns. */
  const feeder = (name: string, left: number, fields: Partial<Feeder> = {}): Feeder => {
    const made: Feeder = {
      idleSince: Infinity,
      keptBytes: undefined,
      list: undefined,
      previous: undefined,
      next: undefined,
      ...fields,
      takeTurn() {
        log.push(name);
        accept();
        left -= 1;
        if (left > 0) turns.want(made);
      },
      onClosed: (error) => void log.push(`${name}: ${error.code}`),
    };
    return made;
  };
  return { backlog, turns, log, accept, wait, feeder };
}

const closed = (): PoolClosedError => new PoolClosedError('closed', false);

describe('room', () => {
  test('turns are given in a microtask, one after the other, while the backlog is less than half full', async () => {
    const { turns, log, feeder } = setUp();
    turns.want(feeder('a', 9));
    turns.want(feeder('b', 9));
    expect(log).toEqual([]);
    await macrotask();
    expect(log).toEqual(['a', 'b', 'a']);
    expect(turns.areWanted).toBe(true);
  });

  test('they go on when room is reported, where they had stopped', async () => {
    const { backlog, turns, log, accept, feeder } = setUp();
    const jobs = [accept(), accept(), accept()];
    turns.want(feeder('a', 9));
    turns.want(feeder('b', 9));
    await macrotask();
    expect(log).toEqual([]);
    backlog.release(jobs[0] as JobRecord);
    turns.onRoom();
    await macrotask();
    expect(log).toEqual(['a']);
    backlog.release(jobs[1] as JobRecord);
    turns.onRoom();
    await macrotask();
    expect(log).toEqual(['a', 'b']);
  });

  test('half of the bytes are left to others, too', async () => {
    const { turns, log, accept, feeder } = setUp();
    accept({ bytes: 5000 });
    turns.want(feeder('a', 1));
    await macrotask();
    expect(log).toEqual([]);
  });

  test('whoever waits for room goes first', async () => {
    const { turns, log, wait, feeder } = setUp();
    wait({ bytes: 9999 });
    turns.want(feeder('a', 1));
    await macrotask();
    expect(log).toEqual([]);
  });

  test('an item that is kept goes where it fits', async () => {
    const { backlog, turns, log, accept, feeder } = setUp();
    const large = accept({ bytes: 4000 });
    turns.want(feeder('a', 1, { keptBytes: 7000 }));
    turns.want(feeder('b', 1, { keptBytes: 10 }));
    await macrotask();
    expect(log, 'nobody waits for the one that does not fit').toEqual(['b']);
    backlog.release(large);
    turns.onRoom();
    await macrotask();
    expect(log).toEqual(['b', 'a']);
  });
});

describe('who has nothing in flight', () => {
  test('takes any place that is free', async () => {
    const { turns, log, accept, feeder } = setUp();
    for (let count = 0; count < 4; count += 1) accept();
    turns.want(feeder('a', 1));
    turns.want(feeder('b', 9, { idleSince: 0 }));
    await macrotask();
    expect(log).toEqual(['b']);
  });

  test('pulls when those are in who came before it, and nobody else', async () => {
    const { backlog, turns, log, accept, wait, feeder } = setUp();
    for (let count = 0; count < 5; count += 1) accept();
    const before = wait();
    wait();
    turns.want(feeder('a', 1, { idleSince: before.id }));
    await macrotask();
    expect(log).toEqual([]);
    backlog.leave(before);
    turns.onRoom();
    await macrotask();
    expect(log).toEqual(['a']);
  });

  test('submits what it has kept before later waiters, and behind earlier ones', () => {
    const { backlog, turns, log, accept, wait, feeder } = setUp();
    const jobs = Array.from({ length: 5 }, () => accept());
    const [first, second] = [wait(), wait()];
    turns.want(feeder('a', 1, { idleSince: first.id, keptBytes: 1 }));
    turns.admitBefore(second.id);
    expect(log, 'there is no room').toEqual([]);
    backlog.release(jobs[0] as JobRecord);
    turns.admitBefore(first.id);
    expect(log).toEqual([]);
    turns.admitBefore(second.id);
    expect(log).toEqual(['a']);
    expect(turns.areWanted).toBe(false);
  });

  test('pulls outside of any call', () => {
    const { turns, log, feeder } = setUp();
    turns.want(feeder('a', 1, { idleSince: 0 }));
    turns.admitBefore(Infinity);
    expect(log).toEqual([]);
  });
});

describe('may go', () => {
  test.each([
    { accepted: 2, idleSince: Infinity, mayGo: true },
    { accepted: 3, idleSince: Infinity, mayGo: false },
    { accepted: 3, idleSince: 0, mayGo: true },
    { accepted: 5, idleSince: 0, mayGo: false },
  ])('$accepted of 5 accepted, idle since $idleSince: $mayGo', ({ accepted, idleSince, mayGo }) => {
    const { turns, accept, feeder } = setUp();
    for (let count = 0; count < accepted; count += 1) accept();
    expect(turns.mayGo(feeder('a', 1, { idleSince }), 1)).toBe(mayGo);
  });
});

describe('the end', () => {
  test('those who want a turn or wait for their sources are told once', async () => {
    const { turns, log, feeder } = setUp();
    const [wanting, pulling, both, neither] = ['wanting', 'pulling', 'both', 'neither'].map(
      (name) => feeder(name, 1),
    ) as [Feeder, Feeder, Feeder, Feeder];
    for (const each of [wanting, both]) turns.want(each);
    for (const each of [pulling, both, neither]) turns.startPull(each);
    turns.endPull(neither);
    turns.close(closed);
    await macrotask();
    expect(log.toSorted()).toEqual(
      ['both', 'pulling', 'wanting'].map((name) => `${name}: ERR_POOL_CLOSED`),
    );
    turns.want(neither);
    expect(log.at(-1)).toBe('neither: ERR_POOL_CLOSED');
    expect(turns.areWanted).toBe(false);
  });

  test('who has left gets no turn, and is not told', async () => {
    const { turns, log, feeder } = setUp();
    const left = feeder('a', 1);
    turns.want(left);
    turns.startPull(left);
    turns.leave(left);
    turns.leave(left);
    await macrotask();
    turns.close(closed);
    expect(log).toEqual([]);
  });
});
