import { describe, expect, test } from 'vitest';
import { ThreadLostError } from '../../../src/api/errors.js';
import { Lane, type Loss } from '../../../src/dispatch/lane.js';
import { Recovery } from '../../../src/dispatch/recovery.js';
import { sendTo } from '../../../src/dispatch/sending.js';
import type { JobRecord } from '../../../src/job/job.js';
import { jobOf, Outcomes } from './jobs.js';
import { ScriptedLink } from './scripted-link.js';

/** A thread with jobs numbered from 1, of which it has started the first `started`. */
function setUp(count: number, started = 0, transferred: readonly number[] = []) {
  const link = new ScriptedLink(8, () => 0);
  const lane = new Lane(link, []);
  const outcomes = new Outcomes();
  const recovery = new Recovery(outcomes);
  const jobs = Array.from({ length: count }, (_, at) => {
    const transfer = [new ArrayBuffer(1)];
    const job = jobOf(at + 1, transferred.includes(at + 1) ? { transfer } : {});
    sendTo(lane, job, 0, true);
    return job;
  });
  for (let at = 0; at < started; at += 1) link.start();
  const carried = (): number[] =>
    jobs.filter(({ carrier }) => carrier === lane).map(({ id }) => id);
  return { link, lane, outcomes, recovery, jobs, carried };
}

const cause = new Error('exit');
const byItself: Loss = { cause, isDeliberate: false };
const onPurpose: Loss = { cause, isDeliberate: true };

/** The record of a job that was rejected because its thread is lost. */
const lost = (id: number, started: boolean) =>
  [id, 'rejected', { code: 'ERR_THREAD_LOST', started, cause }] as const;

describe('recalling', () => {
  test('returns what the thread has not started, the newest first, as each goes to the front', () => {
    const { lane, link, outcomes, recovery, carried } = setUp(4, 1);
    recovery.recall(lane);
    expect(outcomes.backlog).toEqual([4, 3, 2]);
    expect(outcomes.settled).toEqual([]);
    expect(carried()).toEqual([1]);
    expect(lane.occupied).toBe(1);
    expect([link.start(), link.start(), link.start()], 'they never run there').toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('leaves what was transferred: it can not be sent again', () => {
    const { lane, outcomes, recovery, carried } = setUp(4, 0, [1, 3]);
    recovery.recall(lane);
    expect(outcomes.backlog).toEqual([4, 2]);
    expect(carried()).toEqual([1, 3]);
  });

  test('leaves a job that the thread starts just then', () => {
    const { lane, link, outcomes, recovery, carried } = setUp(2);
    const takeBack = lane.rings.takeBack.bind(lane.rings);
    lane.rings.takeBack = (cell) => {
      if (cell === 0) link.start();
      return takeBack(cell);
    };
    recovery.recall(lane);
    expect(outcomes.backlog).toEqual([2]);
    expect(carried()).toEqual([1]);
  });

  test('does not suspect any of them', () => {
    const { lane, recovery, jobs } = setUp(2);
    recovery.recall(lane);
    expect(jobs.map(({ threadsLost }) => threadsLost)).toEqual([0, 0]);
  });
});

describe('taking all off a thread', () => {
  test('that is gone rejects what it has started, and returns the rest, the newest first', () => {
    const { lane, outcomes, recovery, carried } = setUp(4, 2);
    recovery.takeAll(lane, byItself, true);
    expect(outcomes.settled).toMatchObject([lost(2, true), lost(1, true)]);
    expect(outcomes.backlog).toEqual([4, 3]);
    expect(carried()).toEqual([]);
    const error = outcomes.settled[0]?.[2];
    expect(error).toBeInstanceOf(ThreadLostError);
    expect((error as Error).message).toContain("job 'job' ended before the job did");
    expect((error as Error).stack, 'it has no stack').not.toContain('\n');
  });

  test('rejects what was transferred to it, which has not started', () => {
    const { lane, outcomes, recovery, carried } = setUp(3, 1, [2]);
    recovery.takeAll(lane, byItself, true);
    expect(outcomes.settled).toMatchObject([lost(2, false), lost(1, true)]);
    expect(outcomes.backlog).toEqual([3]);
    expect(carried()).toEqual([]);
    const [[, , error] = []] = outcomes.settled;
    expect((error as Error).message).toContain('the job had not started');
  });

  test('that still runs rejects what it has started, and leaves the slots taken', () => {
    const { lane, outcomes, recovery, carried } = setUp(3, 2);
    recovery.takeAll(lane, onPurpose, false);
    expect(outcomes.settled).toMatchObject([lost(2, true), lost(1, true)]);
    expect([outcomes.backlog, carried(), lane.occupied]).toEqual([[3], [], 2]);
    recovery.takeAll(lane, onPurpose, false);
    expect(outcomes.settled, 'once').toHaveLength(2);
  });

  test.each([
    ['that is gone takes them as lost', true, [2, 1], []],
    ['that still runs leaves those that have ended: their answers are under way', false, [1], [2]],
  ])('%s', (_, isGone, rejected, left) => {
    const { lane, link, outcomes, recovery, carried } = setUp(2, 2);
    link.endUnannounced(1, { large: 'x'.repeat(20_000) });
    recovery.takeAll(lane, onPurpose, isGone);
    expect(outcomes.settled).toMatchObject(rejected.map((id) => lost(id, true)));
    expect(carried()).toEqual(left);
  });

  test('rejects a job that the thread starts just then: the claim decides', () => {
    const { lane, link, outcomes, recovery } = setUp(2);
    const takeBack = lane.rings.takeBack.bind(lane.rings);
    lane.rings.takeBack = (cell) => {
      if (cell === 0) link.start();
      return takeBack(cell);
    };
    recovery.takeAll(lane, onPurpose, false);
    expect(outcomes.settled).toMatchObject([lost(1, true)]);
    expect(outcomes.backlog).toEqual([2]);
  });

  test('leaves the jobs alone that were settled before', () => {
    const { lane, outcomes, recovery, jobs } = setUp(2, 1);
    (jobs[0] as JobRecord).carrier = undefined;
    recovery.takeAll(lane, byItself, true);
    expect(outcomes.settled).toEqual([]);
    expect(outcomes.backlog).toEqual([2]);
  });

  test('does nothing if there is none', () => {
    const { lane, outcomes, recovery } = setUp(0);
    recovery.takeAll(lane, byItself, true);
    expect([outcomes.settled, outcomes.backlog]).toEqual([[], []]);
  });
});

describe('a job is suspected', () => {
  test.each([
    ['if its thread ended by itself and it was the next', byItself, 0, [1, 0]],
    ['not if another one ran', byItself, 1, [0, 0, 0]],
    ['not if the pool has ended the thread', onPurpose, 0, [0, 0]],
  ])('%s', (_, loss, started, suspected) => {
    const { lane, recovery, jobs } = setUp(started + 2, started);
    recovery.takeAll(lane, loss, true);
    expect(jobs.map(({ threadsLost }) => threadsLost)).toEqual(suspected);
  });

  test.each([
    [1, []],
    [2, [lost(1, false)]],
  ])('and given up when three threads have ended, %i of them before', (before, settled) => {
    const { lane, outcomes, recovery, jobs } = setUp(2);
    (jobs[0] as JobRecord).threadsLost = before;
    recovery.takeAll(lane, byItself, true);
    expect(outcomes.settled).toMatchObject(settled);
    expect(outcomes.backlog).toEqual(before === 1 ? [2, 1] : [2]);
  });
});
