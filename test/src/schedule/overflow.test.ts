import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Lanes } from '../../../src/dispatch/lanes.js';
import type { JobRecord } from '../../../src/job/job.js';
import { Backlog, type BacklogLimits } from '../../../src/schedule/backlog.js';
import { makeRoom } from '../../../src/schedule/overflow.js';
import { recordOf, ScriptedCarrier } from '../job/records.js';

/** Place of a job: in the queue, or on a thread: not started, started, or sent with its memory. */
type Place = 'queued' | 'sent' | 'started' | 'transferred';

/** The lanes as `makeRoom` uses them. */
class ScriptedLanes implements Pick<Lanes, 'sent' | 'takeBackOldest'> {
  readonly jobs: JobRecord[] = [];
  /** Number of jobs taken back. */
  taken = 0;
  /** Number of jobs that can be taken back before the threads have started all others. */
  left = Infinity;

  sent(): JobRecord[] {
    return this.jobs;
  }

  takeBackOldest(before = Infinity): JobRecord | undefined {
    const job = this.jobs.find(
      (each) => each.id < before && !each.isStarted && each.transfer === undefined,
    );
    if (job === undefined || this.taken === this.left) return undefined;
    this.taken += 1;
    this.jobs.splice(this.jobs.indexOf(job), 1);
    job.carrier = undefined;
    return job;
  }
}

type Room = (bytes: number) => number[] | undefined;

/** A backlog with jobs at these places, with ids from 1. */
function setUp(
  given: ReadonlyArray<readonly [place: Place, bytes: number]>,
  limits: Partial<BacklogLimits> = {},
  slots = 0,
): { backlog: Backlog<JobRecord>; lanes: ScriptedLanes; room: Room } {
  const backlog = new Backlog<JobRecord>(slots, {
    jobs: given.length - slots,
    bytes: 1000,
    waiters: 0,
    ...limits,
  });
  const lanes = new ScriptedLanes();
  const carrier = new ScriptedCarrier();
  for (const [index, [place, bytes]] of given.entries()) {
    const job = recordOf({
      id: index + 1,
      bytes,
      ...(place === 'transferred' && { transfer: [new ArrayBuffer(1)] }),
    });
    backlog.accept(job);
    if (place === 'queued') {
      backlog.queue(job);
      continue;
    }
    lanes.jobs.push(job);
    job.carrier = carrier;
    job.cell = index;
    if (place === 'started') carrier.started.set(index, 0);
  }
  const room: Room = (bytes) => {
    const victims = makeRoom(bytes, backlog, lanes);
    for (const victim of victims ?? []) expect(victim.list).toBeUndefined();
    return victims?.map((victim) => victim.id);
  };
  return { backlog, lanes, room };
}

/** Ids of the remaining jobs: those on threads, and the queue in order. */
function left(setup: { backlog: Backlog<JobRecord>; lanes: ScriptedLanes }): {
  sent: number[];
  queued: number[];
} {
  const queued: number[] = [];
  for (let job = setup.backlog.next; job !== undefined; job = job.next) queued.push(job.id);
  return { sent: setup.lanes.jobs.map((job) => job.id), queued };
}

test('nobody is dropped where there is room', () => {
  const setup = setUp([['queued', 1]], { jobs: 2 });
  expect(setup.room(999)).toEqual([]);
  expect(left(setup)).toEqual({ sent: [], queued: [1] });
});

test.each<[bytes: number, victims: number[], sent: number[], queued: number[]]>([
  [1, [2], [1, 3], [4, 5]],
  [10, [2], [1, 3], [4, 5]],
  [11, [2, 3], [1], [4, 5]],
  [20, [2, 3], [1], [4, 5]],
  [21, [2, 3, 4], [1], [5]],
  [40, [2, 3, 4, 5], [1], []],
])('drops the oldest for %i bytes: %j', (bytes, victims, sent, queued) => {
  const setup = setUp(
    [
      ['started', 10],
      ['sent', 10],
      ['sent', 10],
      ['queued', 10],
      ['queued', 10],
    ],
    { bytes: 50 },
  );
  expect(setup.room(bytes)).toEqual(victims);
  expect(left(setup)).toEqual({ sent, queued });
  expect(setup.backlog.accepted).toBe(5 - victims.length);
  expect(setup.backlog.bytes).toBe(50 - 10 * victims.length);
});

test('what a thread has started, or what was moved there, is not dropped', () => {
  const setup = setUp([
    ['started', 1],
    ['transferred', 1],
  ]);
  expect(setup.room(1)).toBeUndefined();
  expect(left(setup)).toEqual({ sent: [1, 2], queued: [] });
  expect([setup.backlog.accepted, setup.backlog.bytes]).toEqual([2, 2]);
});

test.each<[place: Place, bytes: number, victims: number[] | undefined]>([
  ['started', 40, [2, 3]],
  ['started', 41, undefined],
  ['transferred', 40, [2, 3]],
  ['transferred', 41, undefined],
])('beside a %s job of 10 of 50 bytes, %i bytes make it drop %j', (place, bytes, victims) => {
  const setup = setUp(
    [
      [place, 10],
      ['sent', 20],
      ['queued', 20],
    ],
    { bytes: 50 },
  );
  expect(setup.room(bytes)).toEqual(victims);
});

test.each<Place>(['started', 'transferred'])(
  'what can never fit drops nobody, after one look: %s',
  (place) => {
    const setup = setUp(
      [
        [place, 10],
        ['sent', 10],
        ['sent', 10],
        ['queued', 10],
        ['queued', 10],
      ],
      { bytes: 50 },
    );
    expect(setup.room(41)).toBeUndefined();
    expect(left(setup)).toEqual({ sent: [1, 3], queued: [2, 4, 5] });
    expect(setup.lanes.taken).toBe(1);
    expect([setup.backlog.accepted, setup.backlog.bytes]).toEqual([5, 50]);
  },
);

test('jobs return to their places where a thread starts the next', () => {
  const setup = setUp(
    [
      ['sent', 10],
      ['sent', 10],
      ['sent', 10],
    ],
    { bytes: 30 },
  );
  setup.lanes.left = 2;
  const restore = vi.spyOn(setup.backlog, 'restore');
  expect(setup.room(30)).toBeUndefined();
  const restored = restore.mock.calls.map(([job]) => job.id);
  expect(restored, 'the newest first, so that no search is long').toEqual([2, 1]);
  expect(left(setup)).toEqual({ sent: [3], queued: [1, 2] });
  expect([setup.backlog.accepted, setup.backlog.bytes]).toEqual([3, 30]);
});

test('a full backlog makes room for as many as are needed, in order of age, or drops nobody', () => {
  const job = fc.tuple(
    fc.constantFrom<Place>('queued', 'queued', 'sent', 'started', 'transferred'),
    fc.integer({ min: 1, max: 9 }),
  );
  const jobs = fc.array(job, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(jobs, fc.nat(30), fc.nat(5), (given, bytes, spareBytes) => {
      const total = given.reduce((sum, [, size]) => sum + size, 0);
      const setup = setUp(given, { bytes: total + spareBytes });
      const all = left(setup);
      const canGo = given.flatMap(([place, size], index) =>
        place === 'queued' || place === 'sent' ? [{ id: index + 1, size }] : [],
      );
      // At least one, as every place is taken.
      let count = 1;
      const freed = (): number => canGo.slice(0, count).reduce((sum, { size }) => sum + size, 0);
      while (count < canGo.length && freed() + spareBytes < bytes) count += 1;
      const fits = canGo.length > 0 && freed() + spareBytes >= bytes;
      const victims = fits ? canGo.slice(0, count).map(({ id }) => id) : undefined;
      expect(setup.room(bytes)).toEqual(victims);
      const { sent, queued } = left(setup);
      expect([...sent, ...queued].toSorted((a, b) => a - b)).toEqual(
        [...all.sent, ...all.queued]
          .filter((id) => victims?.includes(id) !== true)
          .toSorted((a, b) => a - b),
      );
      expect(queued, 'the queue is in the order of age').toEqual(queued.toSorted((a, b) => a - b));
      expect(setup.backlog.accepted).toBe(given.length - (victims?.length ?? 0));
    }),
  );
});
