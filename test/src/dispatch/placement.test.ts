import { describe, expect, test } from 'vitest';
import type { Lane } from '../../../src/dispatch/lane.js';
import { Placement } from '../../../src/dispatch/placement.js';
import { functionOf, jobOf } from './jobs.js';

/** The fields that placement reads; default: an idle thread, awake and open. */
interface Look {
  readonly occupied?: number;
  readonly workMs?: number;
  readonly isOpen?: boolean;
  readonly isShut?: boolean;
  readonly isAsleep?: boolean;
  readonly isHeldUp?: boolean;
  readonly unforeseeable?: number;
  readonly hasWaiting?: boolean;
}

function lanesOf(looks: readonly Look[]): Lane[] {
  return looks.map(
    ({ isAsleep = false, ...look }) =>
      ({
        occupied: 0,
        workMs: 0,
        isOpen: true,
        isShut: false,
        isHeldUp: false,
        unforeseeable: 0,
        hasWaiting: false,
        rings: { isHostAwake: !isAsleep },
        ...look,
      }) as unknown as Lane,
  );
}

const short = jobOf(1, { function: functionOf(0, 1) });
const unforeseeable = jobOf(2);
const taking = jobOf(3, { function: functionOf(0, 1), transfer: [new ArrayBuffer(1)] });

/** Index of the thread that the job goes to; -1: none. */
function placed(
  looks: readonly Look[],
  { job = short, concurrency = 1, coalesce = true, latest = -1 },
): number {
  const lanes = lanesOf(looks);
  const placement = new Placement(lanes, { concurrency, coalesce, graceMs: undefined });
  placement.latest = lanes[latest];
  const lane = placement.laneFor(job);
  return lane === undefined ? -1 : lanes.indexOf(lane);
}

describe('a job goes to', () => {
  test.each<[string, Look[], number]>([
    ['nowhere, if there is no thread', [], -1],
    ['the first idle one', [{ occupied: 1 }, {}, {}], 1],
    ['an idle one that is asleep as well', [{ isAsleep: true }, {}], 0],
    ['no idle one that is not open', [{ isOpen: false }, {}], 1],
    ['nowhere, if none is open', [{ isOpen: false }, { occupied: 1, isOpen: false }], -1],
    ['an idle one before a held-up one', [{ occupied: 1, isHeldUp: true }, {}], 1],
  ])('%s', (_, looks, at) => {
    expect(placed(looks, {})).toBe(at);
    expect(placed(looks, { job: unforeseeable })).toBe(at);
  });

  test('an idle one, asleep or not, if it takes no memory along: the latest as well', () => {
    expect(placed([{ isAsleep: true }, { isAsleep: true }], { latest: 0 })).toBe(0);
  });
});

describe('a job that takes memory along goes to', () => {
  test.each<[string, Look[], number, number]>([
    ['the first idle one that is awake', [{ isAsleep: true }, {}, {}], -1, 1],
    ['an idle one that is awake, even the latest', [{ isAsleep: true }, {}], 1, 1],
    ['the first sleeping one', [{ isAsleep: true }, { isAsleep: true }], -1, 0],
    ['not the latest, if another one sleeps', [{ isAsleep: true }, { isAsleep: true }], 0, 1],
    ['not the latest, wherever that is', [{ isAsleep: true }, { isAsleep: true }], 1, 0],
    [
      'the first sleeping one that is not the latest',
      [{ isAsleep: true }, { isAsleep: true }, { isAsleep: true }],
      0,
      1,
    ],
    ['the latest, if it is the only one', [{ isAsleep: true }], 0, 0],
    ['a sleeping one before a free slot', [{ occupied: 1 }, { isAsleep: true }], -1, 1],
    [
      'a sleeping one before a free slot that comes later',
      [{ isAsleep: true }, { occupied: 1 }],
      -1,
      0,
    ],
    ['the latest before a free slot', [{ isAsleep: true }, { occupied: 1 }], 0, 0],
    ['a free slot', [{ occupied: 2 }, { occupied: 1 }], -1, 1],
    ['nowhere to wait', [{ occupied: 2 }], -1, -1],
  ])('%s', (_, looks, latest, at) => {
    expect(placed(looks, { job: taking, concurrency: 2, latest })).toBe(at);
  });
});

describe('if no thread is idle, a job goes to', () => {
  test.each<[string, Look[], number]>([
    ['the one with the most free slots', [{ occupied: 2 }, { occupied: 1 }, { occupied: 2 }], 1],
    ['the first of equal ones', [{ occupied: 1 }, { occupied: 1 }], 0],
    ['one that is not held up', [{ occupied: 1, isHeldUp: true }, { occupied: 2 }], 1],
    [
      'not to a held-up one that comes later',
      [{ occupied: 2 }, { occupied: 1, isHeldUp: true }],
      0,
    ],
    [
      'the emptiest of held-up ones',
      [
        { occupied: 2, isHeldUp: true },
        { occupied: 1, isHeldUp: true },
      ],
      1,
    ],
    [
      'the first of held-up equals',
      [
        { occupied: 1, isHeldUp: true },
        { occupied: 1, isHeldUp: true },
      ],
      0,
    ],
    ['no full one', [{ occupied: 3 }, { occupied: 2 }], 1],
    ['no full one that comes later', [{ occupied: 2 }, { occupied: 3, workMs: -1 }], 0],
    ['none that is not open', [{ occupied: 1, isOpen: false }, { occupied: 2 }], 1],
    ['a free slot, however much work is there', [{ occupied: 2, workMs: 99 }, { occupied: 3 }], 0],
  ])('%s', (_, looks, at) => {
    expect(placed(looks, { concurrency: 3 })).toBe(at);
    expect(placed(looks, { concurrency: 3, coalesce: false })).toBe(at);
    expect(placed(looks, { concurrency: 3, job: unforeseeable })).toBe(at);
  });
});

describe('if no slot is free, a job waits on', () => {
  test.each<[string, Look[], number]>([
    [
      'the one with the least work',
      [
        { occupied: 2, workMs: 3 },
        { occupied: 3, workMs: 2 },
        { occupied: 2, workMs: 4 },
      ],
      1,
    ],
    [
      'the first of equal ones',
      [
        { occupied: 2, workMs: 3 },
        { occupied: 2, workMs: 3 },
      ],
      0,
    ],
    ['one where nobody waits, however much work is there', [{ occupied: 2, workMs: 100 }], 0],
    ['one where others wait, up to eight milliseconds of work', [{ occupied: 3, workMs: 7 }], 0],
    ['none where it would be more', [{ occupied: 3, workMs: 7.001 }], -1],
    ['none whose jobs cannot be estimated', [{ occupied: 2, unforeseeable: 1 }], -1],
    ['none that is held up', [{ occupied: 2, isHeldUp: true }], -1],
    [
      'the next, if the first cannot be estimated',
      [
        { occupied: 2, unforeseeable: 1 },
        { occupied: 2, workMs: 9 },
      ],
      1,
    ],
    ['none that is not open', [{ occupied: 2, isOpen: false }], -1],
  ])('%s', (_, looks, at) => {
    expect(placed(looks, { concurrency: 2 })).toBe(at);
  });

  test.each([
    ['coalescing is off', { coalesce: false }],
    ['it cannot be estimated', { job: unforeseeable }],
    ['it takes memory along', { job: taking }],
  ])('none, if %s', (_, given) => {
    const full = [{ occupied: 2, workMs: 1 }];
    expect(placed(full, { concurrency: 2 })).toBe(0);
    expect(placed(full, { concurrency: 2, ...given })).toBe(-1);
  });

  test('none of a thread with a free slot before it', () => {
    expect(
      placed(
        [
          { occupied: 2, workMs: 0 },
          { occupied: 1, workMs: 50 },
        ],
        { concurrency: 2 },
      ),
    ).toBe(1);
    expect(
      placed(
        [
          { occupied: 1, workMs: 50 },
          { occupied: 2, workMs: 0 },
        ],
        { concurrency: 2 },
      ),
    ).toBe(0);
  });
});

describe('work is shared out', () => {
  const overloaded = (looks: readonly Look[]): number => {
    const lanes = lanesOf(looks);
    const lane = new Placement(lanes, {
      concurrency: 1,
      coalesce: true,
      graceMs: undefined,
    }).overloaded();
    return lane === undefined ? -1 : lanes.indexOf(lane);
  };
  const busy = (workMs: number): Look => ({ occupied: 2, workMs, hasWaiting: true });

  test.each<[string, Look[], number]>([
    ['from the busiest thread', [busy(1), {}, busy(3), busy(2)], 2],
    ['from the first of equal ones', [{}, busy(1), busy(1)], 1],
    ['if it is worth waking another thread', [busy(0.1), {}], 0],
    ['not if it is less', [busy(0.0999), {}], -1],
    ['not if nothing waits there', [{ ...busy(5), hasWaiting: false }, {}], -1],
    ['not if no thread is idle', [busy(5), { occupied: 1 }], -1],
    ['not if the idle one is shut', [busy(5), { isShut: true }], -1],
    ['not from one that is shut', [{ ...busy(5), isShut: true }, busy(1), {}], 1],
    ['whether the idle one comes first or last', [{}, busy(5)], 1],
    ['not if all are idle', [{}, {}], -1],
  ])('%s', (_, looks, at) => {
    expect(overloaded(looks)).toBe(at);
  });
});
