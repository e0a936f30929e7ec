import { describe, expect, test } from 'vitest';
import { JobWords, type Reason, Told } from '../../../src/wire/job-words.js';
import { interleave } from './interleave.js';

/** Both sides of the same words, between memory that belongs to others. */
function bothSides(cells = 3) {
  const before = 8;
  const memory = new SharedArrayBuffer(before + JobWords.byteLength(cells) + 8);
  const bytes = new Uint8Array(memory).fill(0xee);
  const main = new JobWords(memory, before, cells);
  const host = new JobWords(memory, before, cells);
  for (let cell = 0; cell < cells; cell += 1) {
    main.reset(cell);
    main.hear(cell);
  }
  /** True if nothing outside the words was written. */
  const isIntact = (): boolean =>
    [...bytes.subarray(0, before), ...bytes.subarray(-8)].every((byte) => byte === 0xee);
  return { main, host, isIntact };
}

test('three words of four bytes are taken for each cell', () => {
  expect([1, 2, 257].map((cells) => JobWords.byteLength(cells))).toEqual([12, 24, 3084]);
});

test.each([1, 2, 3, 256])('each of %i cells has words of its own', (cells) => {
  const { main, host, isIntact } = bothSides(cells);
  const all = Array.from({ length: cells }, (_, cell) => cell);
  const reason = (cell: number): Reason => ([1, 2, 3] as const)[cell % 3] as Reason;
  for (const cell of all) if (cell % 2 === 1) main.reset(cell);
  for (const cell of all) main.tell(cell, reason(cell));
  for (const cell of all) main.repeat(cell, cell + 1);
  expect(all.map((cell) => host.attempt(cell))).toEqual(all.map((cell) => cell + 1));
  expect(all.map((cell) => host.told(cell))).toEqual(all.map(reason));
  expect(all.map((cell) => host.isHeard(cell))).toEqual(all.map((cell) => cell % 2 === 0));
  expect(isIntact()).toBe(true);
});

describe('a job', () => {
  test('that is new was told nothing, whatever its cell was told before', () => {
    const { main, host } = bothSides();
    main.tell(1, Told.cancelled);
    main.reset(1);
    expect(host.told(1)).toBe(Told.not);
  });

  test.each(Object.entries(Told).slice(1) as Array<[string, Reason]>)(
    'sees at its next look that it was told to stop, and why: %s',
    (_, reason) => {
      const { main, host } = bothSides();
      expect(host.told(1)).toBe(Told.not);
      main.tell(1, reason);
      expect([host.told(0), host.told(1), host.told(2)]).toEqual([Told.not, reason, Told.not]);
      expect(host.isHeard(1), 'its progress is another word').toBe(true);
    },
  );

  test('sees the latest reason', () => {
    const { main, host } = bothSides();
    main.tell(1, Told.closing);
    main.tell(1, Told.timedOut);
    expect(host.told(1)).toBe(Told.timedOut);
  });
});

describe('progress', () => {
  type Side = ReturnType<typeof bothSides>;
  const mayPost = ({ host }: Side): boolean => host.mayPost(1);
  const keep = ({ host }: Side): boolean => host.keep(1);
  const received = ({ main }: Side): boolean => main.received(1);

  test.each<[string, ReadonlyArray<readonly [(side: Side) => boolean, boolean]>]>([
    ['may be posted if none is under way', [[mayPost, true]]],
    [
      'may not be posted while one is',
      [
        [mayPost, true],
        [mayPost, false],
      ],
    ],
    [
      'may be posted again when that has arrived, and then nothing was kept',
      [
        [mayPost, true],
        [received, false],
        [mayPost, true],
      ],
    ],
    [
      'is kept while one is under way, and asked for when that has arrived',
      [
        [mayPost, true],
        [keep, true],
        [mayPost, false],
        [received, true],
        [mayPost, true],
      ],
    ],
    [
      'is kept in place of one that was kept',
      [
        [mayPost, true],
        [keep, true],
        [keep, true],
        [received, true],
      ],
    ],
    [
      'is not kept if nothing is under way any more: it may be posted',
      [
        [mayPost, true],
        [received, false],
        [keep, false],
        [mayPost, true],
      ],
    ],
    [
      'is asked for once',
      [
        [mayPost, true],
        [keep, true],
        [received, true],
        [received, false],
      ],
    ],
  ])('%s', (_, steps) => {
    const side = bothSides();
    expect(steps.map(([step]) => step(side))).toEqual(steps.map(([, expected]) => expected));
    expect([side.host.isHeard(0), side.host.isHeard(1), side.host.mayPost(0)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(side.isIntact()).toBe(true);
  });

  test('that nobody wants to hear is neither posted nor kept', () => {
    const { main, host } = bothSides();
    main.reset(1);
    expect([host.isHeard(1), host.mayPost(1), host.keep(1)]).toEqual([false, false, false]);
    main.hear(1);
    expect([host.isHeard(1), host.mayPost(1)]).toEqual([true, true]);
  });

  test('of a new job begins anew, though a value of the last one was kept', () => {
    const { main, host } = bothSides();
    host.mayPost(1);
    host.keep(1);
    main.reset(1);
    main.hear(1);
    expect(host.mayPost(1)).toBe(true);
    expect(main.received(1)).toBe(false);
  });
});

/** The other side does everything before one of the first operations of a side, or after its last. */
const interleavings = Array.from({ length: 6 }, (_, at) => [
  { at, which: 'main' },
  { at, which: 'host' },
]).flat();

describe.each(interleavings)('where the $which side is interrupted at operation $at', (row) => {
  const { at, which } = row;

  test.each([false, true])(
    'a value is posted, or kept and asked for, not both and not neither; one was kept before: %o',
    (wasKept) => {
      const { main, host } = bothSides();
      host.mayPost(1);
      if (wasKept) host.keep(1);
      let isPosted = false;
      let isKept = false;
      let isAskedFor = false;
      const report = (): void => {
        isPosted = true;
        while (!host.mayPost(1)) {
          if (!host.keep(1)) continue;
          isPosted = false;
          isKept = true;
          return;
        }
      };
      const arrive = (): void => {
        isAskedFor = main.received(1);
      };
      if (which === 'main') interleave(arrive, at, report);
      else interleave(report, at, arrive);
      expect(isPosted).toBe(!isKept);
      expect(isAskedFor).toBe(isKept || wasKept);
      // The value on its way arrives, and so does the one kept after it; then nothing is left.
      if (isPosted) expect(main.received(1)).toBe(false);
      expect(host.mayPost(1)).toBe(true);
    },
  );

  test('an order to stop is seen at the next look at the latest', () => {
    const { main, host } = bothSides();
    const looks: number[] = [];
    const look = (): unknown => looks.push(host.told(1));
    const tell = (): void => main.tell(1, Told.cancelled);
    if (which === 'main') interleave(tell, at, look);
    else interleave(look, at, tell);
    expect([Told.not, Told.cancelled]).toContain(looks[0]);
    expect(host.told(1)).toBe(Told.cancelled);
  });
});
