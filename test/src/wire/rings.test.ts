import { Session } from 'node:inspector';
import { describe, expect, test } from 'vitest';
import { Held } from '../../../src/wire/values.js';
import { Told } from '../../../src/wire/job-words.js';
import { Rings } from '../../../src/wire/rings.js';
import { interleave } from './interleave.js';

/** Both sides of the same memory. */
function bothSides(cells: number): { main: Rings; host: Rings } {
  const main = Rings.allocate(cells);
  return { main, host: new Rings(main) };
}

test('a job is started or taken back, never both', () => {
  const { main, host } = bothSides(2);
  main.offer(0);
  main.submit(0);
  expect(main.isStarted(0)).toBe(false);
  expect(host.next()).toBe(0);
  expect(host.start(0, 1)).toBe(true);
  expect(main.takeBack(0)).toBe(false);
  expect([main.isStarted(0), main.isFinished(0)]).toEqual([true, false]);
  host.finish(0, 2);
  expect([main.isStarted(0), main.isFinished(0)]).toEqual([true, true]);
  expect([main.startedMs(0), main.finishedMs(0)]).toEqual([1, 2]);
  main.offer(1);
  expect(main.takeBack(1)).toBe(true);
  expect(host.start(1, 3)).toBe(false);
  expect(main.isStarted(1)).toBe(false);
});

test('cells go and come in order, around the rings many times', () => {
  const { main, host } = bothSides(3);
  for (let job = 0; job < 1000; job += 1) {
    const cell = job % 3;
    main.offer(cell);
    main.submit(cell);
    expect(main.areEmpty).toBe(false);
    expect([...main.waiting()]).toEqual([cell]);
    expect(host.left).toBe(1);
    expect(host.next()).toBe(cell);
    expect([...main.waiting()]).toEqual([]);
    expect(main.latest).toBe(cell);
    expect(host.next()).toBe(-1);
    expect(main.collect()).toBe(-1);
    host.complete(cell);
    expect(main.collect()).toBe(cell);
    expect(main.areEmpty).toBe(true);
  }
});

test('a bell is asked for once, and again after it was answered', () => {
  const { main, host } = bothSides(2);
  expect(host.ring()).toBe(true);
  expect(host.ring()).toBe(false);
  main.answerBell();
  expect(host.ring()).toBe(true);
  main.submit(0);
  expect(main.rouse(), 'the host has not looked yet').toBe(true);
  main.submit(1);
  expect(main.rouse(), 'it will look at both').toBe(false);
  expect(host.sleep(), 'it does not sleep while something lies there').toBe(false);
  host.next();
  host.next();
  expect(host.sleep()).toBe(true);
  main.submit(0);
  expect(main.rouse()).toBe(true);
});

test('what was neither collected nor rung for is counted', () => {
  const { main, host } = bothSides(2);
  const completeOne = (): void => {
    main.submit(0);
    host.next();
    host.complete(0);
  };
  for (let round = 0; round < 3; round += 1) {
    expect(host.unannounced).toBe(0);
    completeOne();
    completeOne();
    expect(host.unannounced).toBe(2);
    // The main thread looks without a bell.
    main.answerBell();
    expect(host.unannounced, 'it is about to collect them').toBe(0);
    expect([main.collect(), main.collect(), main.collect()]).toEqual([0, 0, -1]);
    completeOne();
    expect(host.unannounced).toBe(1);
    expect(host.ring()).toBe(true);
    expect(host.unannounced, 'it was rung for').toBe(0);
    completeOne();
    expect(host.unannounced).toBe(1);
    main.answerBell();
    expect([main.collect(), main.collect(), main.collect()]).toEqual([0, 0, -1]);
  }
});

test('a function that returned a promise is marked, and so is its thread, for good', () => {
  const { main, host } = bothSides(1);
  main.functions[0] = 7;
  expect([main.isAsync(0), main.hasServedAsync]).toEqual([false, false]);
  host.markAsync(0);
  expect([main.isAsync(0), main.hasServedAsync]).toEqual([true, true]);
  main.functions[0] = 7;
  expect([main.isAsync(0), main.hasServedAsync]).toEqual([false, true]);
});

test('the words of a job are in the same memory, and at first they say nothing', () => {
  const { main, host } = bothSides(2);
  expect([host.jobWords.told(1), host.jobWords.isHeard(1)]).toEqual([Told.not, false]);
  main.jobWords.hear(1);
  main.jobWords.tell(1, Told.cancelled);
  expect([host.jobWords.told(1), host.jobWords.isHeard(1)]).toEqual([Told.cancelled, true]);
});

describe('the end of a thread', () => {
  test('that has been said is waited for no more', () => {
    const { main, host } = bothSides(1);
    host.end();
    main.waitForEnd(2 ** 31);
  });

  test.each([5, 0, -5])('is waited for %i ms at most', (limitMs) => {
    const { main } = bothSides(1);
    main.waitForEnd(limitMs);
  });
});

describe('a host could start a job', () => {
  type Step = (main: Rings, host: Rings) => void;
  const start =
    (cell: number, isAsync: boolean): Step =>
    (main, host) => {
      main.offer(cell);
      main.functions[cell] = 0;
      host.start(cell, 0);
      if (isAsync) host.markAsync(cell);
    };

  test.each<[string, readonly Step[], slots: number, boolean]>([
    ['if nothing runs', [], 1, true],
    ['if it was only offered one', [(main) => main.offer(0)], 1, true],
    ['not while a synchronous one runs', [start(0, false)], 2, false],
    ['not while one runs beside others', [start(0, true), start(2, false)], 3, false],
    ['not if its only slot is taken', [start(0, true)], 1, false],
    ['if a slot is free', [start(0, true)], 2, true],
    ['not if all are taken', [start(0, true), start(2, true)], 2, false],
    [
      'not while a result is being posted',
      [start(0, false), (_, host) => host.answer(0, 1)],
      2,
      false,
    ],
    [
      'not if a result that is being posted is of its last slot',
      [start(0, true), (_, host) => host.answer(0, 1)],
      1,
      false,
    ],
    [
      'if the result was posted',
      [start(0, false), (_, host) => host.answer(0, 1), (_, host) => host.answered(0)],
      1,
      true,
    ],
    ['if the job is finished', [start(0, false), (_, host) => host.finish(0, 1)], 1, true],
    [
      'if the job was taken back',
      [
        (main) => main.offer(0),
        (main) => void main.takeBack(0),
        (_, host) => void host.start(0, 1),
      ],
      1,
      true,
    ],
  ])('%s', (_, steps, slots, expected) => {
    const { main, host } = bothSides(3);
    for (const step of steps) step(main, host);
    expect(main.couldStart(slots)).toBe(expected);
  });
});

test('a cell holds its input and its result, each for the other side', () => {
  const { main, host } = bothSides(2);
  const form = main.inputs.write(1, 'input');
  expect(host.results.write(1, 42)).toBe(Held.number);
  expect(host.inputs.read(1, form)).toBe('input');
  expect(main.results.read(1, Held.number)).toBe(42);
});

describe('the memory', () => {
  test.each([1, 2, 3, 4, 5, 255, 256, 257])('has its own place for all of %i cells', (cells) => {
    const { main, host } = bothSides(cells);
    const all = Array.from({ length: cells }, (_, cell) => cell);
    const told = (cell: number) => ([1, 2, 3] as const)[cell % 3] as 1 | 2 | 3;
    for (const cell of all) {
      main.ids[cell] = 1000 + cell;
      main.functions[cell] = 2000 + cell;
      main.forms[cell] = 3000 + cell;
      main.inputs.write(cell, 4000 + cell);
      host.results.write(cell, 7000 + cell);
      main.offer(cell);
      if (cell % 2 === 0) main.jobWords.hear(cell);
      main.submit(cell);
    }
    for (const cell of all) main.jobWords.tell(cell, told(cell));
    expect(host.left).toBe(cells);
    expect([...main.waiting()]).toEqual(all);
    for (const cell of all) {
      expect(host.next()).toBe(cell);
      expect(host.start(cell, 5000 + cell)).toBe(true);
      host.finish(cell, 6000 + cell);
      host.complete(cell);
    }
    expect(host.next()).toBe(-1);
    for (const cell of all) {
      expect([
        host.ids[cell],
        host.functions[cell],
        host.forms[cell],
        host.inputs.read(cell, Held.number),
        main.results.read(cell, Held.number),
        main.startedMs(cell),
        main.finishedMs(cell),
        main.isFinished(cell),
        host.jobWords.told(cell),
        host.jobWords.isHeard(cell),
        main.collect(),
      ]).toEqual([
        1000 + cell,
        2000 + cell,
        3000 + cell,
        4000 + cell,
        7000 + cell,
        5000 + cell,
        6000 + cell,
        true,
        told(cell),
        cell % 2 === 0,
        cell,
      ]);
    }
    expect(main.collect()).toBe(-1);
  });

  test('is the same one for both sides', () => {
    const { main, host } = bothSides(3);
    expect(host.memory).toBe(main.memory);
    expect([main.cells, host.cells]).toEqual([3, 3]);
  });
});

test('new rings are empty, nothing runs, and no cell was looked at', () => {
  const { main, host } = bothSides(2);
  expect([main.areEmpty, main.isAnyRunning(), main.latest, main.collect()]).toEqual([
    true,
    false,
    -1,
    -1,
  ]);
  expect([...main.waiting()]).toEqual([]);
  expect([host.next(), host.left, host.unannounced]).toEqual([-1, 0, 0]);
  expect([main.isStarted(0), main.isFinished(0), main.hasEnded(0)]).toEqual([false, false, false]);
});

describe('a claim', () => {
  /** The main thread's view of cell 0. */
  const seen = (main: Rings): readonly boolean[] => [
    main.isStarted(0),
    main.hasEnded(0),
    main.isFinished(0),
    main.isAnyRunning(),
  ];

  test.each<[string, readonly ((main: Rings, host: Rings) => void)[], readonly boolean[]]>([
    ['offered', [], [false, false, false, false]],
    ['started', [(_, host) => host.start(0, 1)], [true, false, false, true]],
    [
      'answering',
      [(_, host) => host.start(0, 1), (_, host) => host.answer(0, 2)],
      [true, true, false, true],
    ],
    [
      'answered',
      [
        (_, host) => host.start(0, 1),
        (_, host) => host.answer(0, 2),
        (_, host) => host.answered(0),
      ],
      [true, true, true, false],
    ],
    [
      'finished',
      [(_, host) => host.start(0, 1), (_, host) => host.finish(0, 2)],
      [true, true, true, false],
    ],
    ['taken back', [(main) => main.takeBack(0)], [false, false, false, false]],
    [
      'taken back, then looked at by the host',
      [(main) => main.takeBack(0), (_, host) => host.start(0, 1)],
      [false, false, false, false],
    ],
    [
      'started, then asked for',
      [(_, host) => host.start(0, 1), (main) => main.takeBack(0)],
      [true, false, false, true],
    ],
    [
      'offered anew',
      [(_, host) => host.start(0, 1), (_, host) => host.finish(0, 2), (main) => main.offer(0)],
      [false, false, false, false],
    ],
  ])('that is %s shows so', (_, steps, expected) => {
    const { main, host } = bothSides(2);
    main.offer(0);
    for (const step of steps) step(main, host);
    expect(seen(main)).toEqual(expected);
  });

  test('of a job that is posted belongs to the main thread once that has taken the answer', () => {
    const { main, host } = bothSides(1);
    main.offer(0);
    host.start(0, 1);
    host.answer(0, 2);
    // The answer has arrived, and the cell has its next job, before the host gets to its next step.
    main.offer(0);
    host.answered(0);
    expect([main.isStarted(0), main.isFinished(0)]).toEqual([false, false]);
    expect(host.start(0, 3), 'the next job is still to be started').toBe(true);
  });

  test('can be won by one side alone, whichever comes first, and once', () => {
    const { main, host } = bothSides(2);
    main.offer(0);
    expect([main.takeBack(0), main.takeBack(0), host.start(0, 1)]).toEqual([true, false, false]);
    main.offer(1);
    expect([host.start(1, 1), host.start(1, 2), main.takeBack(1)]).toEqual([true, false, false]);
  });

  test('that was never made can be won by nobody', () => {
    const { main, host } = bothSides(1);
    expect([main.takeBack(0), host.start(0, 1)]).toEqual([false, false]);
  });

  test('of the last cell counts among those that run', () => {
    const { main, host } = bothSides(3);
    main.offer(2);
    host.start(2, 1);
    expect(main.isAnyRunning()).toBe(true);
  });
});

test('the time of a start is there when its claim is seen', () => {
  const { main, host } = bothSides(2);
  main.offer(1);
  host.start(1, 12.5);
  expect([main.isStarted(1), main.startedMs(1)]).toEqual([true, 12.5]);
  host.answer(1, 13.5);
  expect([main.hasEnded(1), main.finishedMs(1)]).toEqual([true, 13.5]);
  host.finish(1, 14.5);
  expect([main.startedMs(1), main.finishedMs(1), main.startedMs(0)]).toEqual([12.5, 14.5, 0]);
});

describe('waking the host', () => {
  test('is asked for once, until it goes to sleep again', () => {
    const { main, host } = bothSides(2);
    expect(main.isHostAwake).toBe(false);
    expect(main.rouse()).toBe(true);
    expect(main.isHostAwake).toBe(true);
    expect(main.rouse()).toBe(false);
    expect(host.sleep()).toBe(true);
    expect(main.isHostAwake).toBe(false);
    expect(main.rouse()).toBe(true);
  });
});

describe('what has come back', () => {
  test('is collected in the order in which it has, not in that of sending', () => {
    const { main, host } = bothSides(4);
    for (const cell of [0, 1, 2, 3]) main.submit(cell);
    while (host.next() >= 0);
    for (const cell of [2, 0, 3, 1]) host.complete(cell);
    expect([
      main.collect(),
      main.collect(),
      main.collect(),
      main.collect(),
      main.collect(),
    ]).toEqual([2, 0, 3, 1, -1]);
  });

  test('keeps the rings from being empty until it is collected', () => {
    const { main, host } = bothSides(2);
    main.submit(0);
    expect(main.areEmpty, 'submitted').toBe(false);
    host.next();
    expect(main.areEmpty, 'the host has looked at it, and nothing is on its way').toBe(true);
    host.complete(0);
    expect(main.areEmpty, 'come back').toBe(false);
    main.collect();
    expect(main.areEmpty).toBe(true);
  });

  test('is unannounced by the smaller of what was not rung for and what was not collected', () => {
    const { main, host } = bothSides(8);
    for (const cell of [0, 1, 2]) host.complete(cell);
    expect(host.unannounced).toBe(3);
    host.ring();
    expect(host.unannounced).toBe(0);
    host.complete(3);
    host.complete(4);
    expect(host.unannounced, 'five not collected, two not rung for').toBe(2);
    main.answerBell();
    host.complete(5);
    expect(host.unannounced, 'one not collected, three not rung for').toBe(1);
  });

  test('after the bell was answered rings again, though it be collected in the same breath', () => {
    const { main, host } = bothSides(4);
    host.complete(0);
    expect(host.ring()).toBe(true);
    main.answerBell();
    host.complete(1);
    expect(host.ring(), 'it comes too late to be announced by the first').toBe(true);
    expect([main.collect(), main.collect(), main.collect()]).toEqual([0, 1, -1]);
  });
});

test('the main thread sees which cells the host has not looked at, and the last that it has', () => {
  const { main, host } = bothSides(4);
  const seen = () => [[...main.waiting()], main.latest, host.left, main.consumed, main.areUnread];
  expect(seen()).toEqual([[], -1, 0, 0, false]);
  for (const cell of [3, 1, 2]) main.submit(cell);
  expect(seen()).toEqual([[3, 1, 2], -1, 3, 0, true]);
  host.next();
  expect(seen()).toEqual([[1, 2], 3, 2, 1, true]);
  host.next();
  expect(seen()).toEqual([[2], 1, 1, 2, true]);
  host.next();
  expect(seen()).toEqual([[], 2, 0, 3, false]);
});

/** The other side does everything before one of the first operations of a side, or after its last. */
const interleavings = Array.from({ length: 8 }, (_, at) => [
  { at, which: 'main' },
  { at, which: 'host' },
]).flat();

describe.each(interleavings)('where the $which side is interrupted at operation $at', (row) => {
  const { at, which } = row;
  const inTurn = (ofMain: () => void, ofHost: () => void): void =>
    which === 'main' ? interleave(ofMain, at, ofHost) : interleave(ofHost, at, ofMain);

  test('no job is left lying for a host that sleeps', () => {
    const { main, host } = bothSides(2);
    main.rouse();
    let isAsleep = false;
    let bells = 0;
    inTurn(
      () => {
        main.submit(0);
        bells += Number(main.rouse());
      },
      () => {
        isAsleep = host.sleep();
      },
    );
    expect(host.left).toBe(1);
    expect(!isAsleep || bells === 1, 'awake, or about to be').toBe(true);
    expect(main.isHostAwake).toBe(true);
  });

  test('no result is left lying for a main thread that was not told', () => {
    const { main, host } = bothSides(2);
    host.complete(0);
    host.ring();
    const collected: number[] = [];
    let bells = 0;
    inTurn(
      () => {
        main.answerBell();
        for (let cell = main.collect(); cell >= 0; cell = main.collect()) collected.push(cell);
      },
      () => {
        host.complete(1);
        bells += Number(host.ring());
      },
    );
    expect(collected[0]).toBe(0);
    expect(collected[1] === 1 || bells === 1, 'collected, or about to be').toBe(true);
  });

  test('a job is started or taken back, not both and not neither', () => {
    const { main, host } = bothSides(1);
    main.offer(0);
    main.submit(0);
    let isTakenBack = false;
    let isStarted = false;
    inTurn(
      () => {
        isTakenBack = main.takeBack(0);
      },
      () => {
        isStarted = host.start(host.next(), 1);
      },
    );
    expect(isStarted).toBe(!isTakenBack);
    expect(main.isStarted(0)).toBe(isStarted);
  });

  test('a cell that was posted and offered anew keeps its next job', () => {
    const { main, host } = bothSides(1);
    main.offer(0);
    host.start(0, 1);
    host.answer(0, 2);
    inTurn(
      () => main.offer(0),
      () => host.answered(0),
    );
    expect(host.start(0, 3)).toBe(true);
  });
});

/**
 * Rings whose counters are all at `count`, as after that many jobs. The counters of a side are private, so a debugger
 * sets them.
 */
function bothSidesAfter(count: number, cells: number): { main: Rings; host: Rings } {
  const sides = bothSides(cells);
  const control = new Int32Array(sides.main.memory);
  // The counts of submitted, consumed, completed and collected jobs.
  for (const word of [0, 16, 2 * 16, 5 * 16]) control[word] = count;
  const session = new Session();
  session.connect();
  const shared = globalThis as { ringsUnderTest?: Rings };
  const expression = ['submitted', 'consumed', 'completed', 'announced', 'collected']
    .map((name) => `ringsUnderTest.#${name} = ${count}`)
    .join(', ');
  for (const rings of [sides.main, sides.host]) {
    shared.ringsUnderTest = rings;
    // Takes effect at once, and answers later.
    session.post('Runtime.evaluate', { expression, replMode: true });
  }
  delete shared.ringsUnderTest;
  session.disconnect();
  return sides;
}

test.each([
  ['the greatest number to the least', 2 ** 31 - 3],
  ['the last negative one to zero', -3],
])('jobs and results cross while the counters go from %s', (_, count) => {
  const { main, host } = bothSidesAfter(count, 4);
  expect([main.areEmpty, host.left, host.unannounced, host.next(), main.collect()]).toEqual([
    true,
    0,
    0,
    -1,
    -1,
  ]);
  for (let round = 0; round < 6; round += 1) {
    for (const cell of [0, 1, 2]) {
      main.offer(cell);
      main.submit(cell);
    }
    expect([host.left, [...main.waiting()], main.areEmpty]).toEqual([3, [0, 1, 2], false]);
    for (const cell of [0, 1, 2]) {
      expect(host.sleep()).toBe(false);
      expect([host.next(), host.start(cell, 1), host.left]).toEqual([cell, true, 2 - cell]);
      host.finish(cell, 2);
      host.complete(cell);
      expect(host.unannounced).toBe(cell + 1);
    }
    expect([[...main.waiting()], main.areUnread]).toEqual([[], false]);
    expect([host.next(), host.sleep(), host.ring(), host.unannounced]).toEqual([-1, true, true, 0]);
    main.answerBell();
    expect([main.collect(), main.collect(), main.collect(), main.collect()]).toEqual([0, 1, 2, -1]);
    expect(main.areEmpty).toBe(true);
  }
});
