/* oxlint-disable unicorn/no-thenable */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { transfer } from '../../src/api/worker.js';
import { Held } from '../../src/wire/values.js';
import { Told } from '../../src/wire/job-words.js';
import { BELL, Form, Kind } from '../../src/wire/protocol.js';
import { Rings } from '../../src/wire/rings.js';
import { decodeThrown, type EncodedError } from '../../src/wire/thrown.js';
import { type HostedJob, Runner } from '../../workers/runner.js';
import { macrotask } from '../helpers/outcomes.js';

/** The thread's clock: it stands still except for the time that jobs and reads of it take. */
const clock = vi.hoisted(() => ({ nowMs: 1000, stepMs: 0, reads: 0, onRead: (): void => {} }));
vi.mock('../../src/wire/clock.js', () => ({
  sharedNowMs(): number {
    clock.nowMs += clock.stepMs;
    clock.reads += 1;
    if (clock.reads > 10_000) throw new Error('somebody waits for a clock that stands still');
    clock.onRead();
    return clock.nowMs;
  },
}));

/** The error that the next run of ticks and microtasks throws: a tick that really throws would end the process. */
const ticks: { error: unknown } = { error: undefined };

/** Runs ticks and microtasks, as on a thread. */
function runMicrotasks(): void {
  const { error } = ticks;
  ticks.error = undefined;
  if (error !== undefined) throw error;
  (process as { _tickCallback?: () => void })._tickCallback?.();
}

/** Whatever takes this long never ends. */
const HANGS_MS = 10_000;

const channels: MessageChannel[] = [];
beforeEach(() => {
  Object.assign(clock, { nowMs: 1000, stepMs: 0, reads: 0, onRead() {} });
});
afterEach(() => {
  for (const { port1 } of channels.splice(0)) port1.close();
});

/** A runner, and the main thread's side of its link and memory. */
function setUp(execute: HostedJob['execute'], slots = 1, run: 'at once' | 'by turns' = 'at once') {
  const channel = new MessageChannel();
  channels.push(channel);
  const { port1: link, port2: port } = channel;
  const main = Rings.allocate(128);
  const passedOn: unknown[] = [];
  const strays: unknown[] = [];
  const runner: Runner = new Runner(link, main, slots, {
    receive(message) {
      passedOn.push(message);
      if (message[0] === Kind.input) {
        runner.receive(...(message.slice(1) as [number, number, unknown]));
      }
    },
    stray: (error) => strays.push(error),
    runMicrotasks: run === 'at once' ? runMicrotasks : undefined,
  });
  runner.jobs = [{ name: 'job', execute }];
  let cells = 0;
  /** Sends a job without waking the thread. Returns its cell. */
  const send = (input: unknown, form?: number, isHeard = false): number => {
    const cell = cells;
    cells += 1;
    main.forms[cell] = form ?? main.inputs.write(cell, input);
    main.functions[cell] = 0;
    main.ids[cell] = 100 + cell;
    main.offer(cell);
    if (isHeard) main.jobWords.hear(cell);
    main.submit(cell);
    return cell;
  };
  /** Messages that have arrived at the main thread since the last call. */
  const messages = (): unknown[] => {
    const all: unknown[] = [];
    for (let each = receiveMessageOnPort(port); each; each = receiveMessageOnPort(port)) {
      all.push(each.message);
    }
    return all;
  };
  /** Cells that have come back since the last call. */
  const cameBack = (): number[] => {
    const all: number[] = [];
    main.answerBell();
    for (let cell = main.collect(); cell >= 0; cell = main.collect()) all.push(cell);
    return all;
  };
  const resultIn = (cell: number): unknown => main.results.read(cell, main.forms[cell] as number);
  return { runner, main, port, link, send, messages, cameBack, resultIn, passedOn, strays };
}

/** Wakes a thread like its link, in a separate turn, and lets it run until it sleeps. */
async function wake({ runner, main }: { runner: Runner; main: Rings }, turns = 1): Promise<void> {
  await macrotask();
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      main.rouse();
      runner.wake();
      resolve();
    });
  });
  for (let turn = 1; turn < turns; turn += 1) await macrotask();
}

/** The error in a message, as it arrived. */
function thrownIn(message: unknown): unknown {
  return decodeThrown((message as unknown[])[3] as EncodedError);
}

describe('jobs', () => {
  test('run in the order of sending, with their input, name and number', async () => {
    const calls: unknown[] = [];
    const given = setUp((input, job) => {
      calls.push([input, job.name, job.id, job.attempt]);
      return { twice: input };
    });
    for (const input of ['a', 'b', 'c']) given.send(input);
    await wake(given);
    expect(calls).toEqual([
      ['a', 'job', 100, 1],
      ['b', 'job', 101, 1],
      ['c', 'job', 102, 1],
    ]);
    expect(given.cameBack()).toEqual([0, 1, 2]);
    expect([0, 1, 2].map(given.resultIn)).toEqual([{ twice: 'a' }, { twice: 'b' }, { twice: 'c' }]);
    expect([0, 1, 2].map((cell) => given.main.isFinished(cell))).toEqual([true, true, true]);
    expect(given.main.isHostAwake, 'it sleeps').toBe(false);
  });

  test('are called without a `this`', async () => {
    const seen: unknown[] = [];
    const given = setUp(function (this: unknown) {
      seen.push(this);
    });
    given.send(1);
    await wake(given);
    expect(seen).toEqual([undefined]);
  });

  test('that were taken back are skipped, and their cells come back in their turn', async () => {
    const ran: unknown[] = [];
    const given = setUp((input) => ran.push(input));
    for (const input of ['a', 'b', 'c']) given.send(input);
    given.main.takeBack(1);
    await wake(given);
    expect(ran).toEqual(['a', 'c']);
    expect(given.cameBack()).toEqual([0, 1, 2]);
    expect(given.main.isStarted(1)).toBe(false);
    expect(given.main.forms[1], 'nothing was written there').toBe(Held.none);
  });

  test('that were taken back leave no input behind', async () => {
    const given = setUp(() => 1);
    const text = 'x'.repeat(16_000);
    const cells = Array.from({ length: 16 }, () => given.send(text));
    expect(given.main.forms[15], 'there is no room any more').toBe(Held.none);
    for (const cell of cells) given.main.takeBack(cell);
    await wake(given);
    expect(given.cameBack()).toEqual(cells);
    const after = Array.from({ length: 14 }, (_, cell) => given.main.inputs.write(cell, text));
    expect(after).toEqual(after.map(() => Held.encoded));
  });

  test('are found by the number of their function', async () => {
    const given = setUp(() => 'first');
    given.runner.jobs = [...given.runner.jobs, { name: 'other', execute: (_, { name }) => name }];
    given.send(1);
    given.main.functions[given.send(1)] = 1;
    await wake(given);
    expect([0, 1].map(given.resultIn)).toEqual(['first', 'other']);
  });

  test('have the times of their start and their end in their cells', async () => {
    const given = setUp((runMs) => {
      clock.nowMs += runMs as number;
    });
    given.send(0.5);
    given.send(0.25);
    await wake(given);
    const times = [0, 1].map((cell) => [given.main.startedMs(cell), given.main.finishedMs(cell)]);
    expect(times).toEqual([
      [1000, 1000.5],
      [1000.5, 1000.75],
    ]);
  });

  test('that come later are run when the thread is woken again', async () => {
    const given = setUp((input) => input);
    given.send('a');
    await wake(given);
    given.send('b');
    expect(given.cameBack()).toEqual([0]);
    clock.nowMs += 10;
    await wake(given);
    expect(given.cameBack()).toEqual([1]);
  });
});

describe('what a job leaves behind', () => {
  test.each([
    ['a microtask', (run: () => void) => queueMicrotask(run)],
    ['a tick', (run: () => void) => process.nextTick(run)],
    ['a tick of a microtask', (run: () => void) => queueMicrotask(() => process.nextTick(run))],
    ['a microtask of a tick', (run: () => void) => process.nextTick(() => queueMicrotask(run))],
  ])('has run before the next one starts: %s', async (_, leave) => {
    const log: unknown[] = [];
    const given = setUp((input) => {
      log.push(input);
      leave(() => log.push(`left by ${String(input)}`));
    });
    for (const input of ['a', 'b']) given.send(input);
    await wake(given);
    expect(log.slice(0, 3)).toEqual(['a', 'left by a', 'b']);
    await macrotask();
    expect(log[3]).toBe('left by b');
  });

  test.each([
    ['a microtask', (run: () => void) => queueMicrotask(run)],
    ['a tick', (run: () => void) => process.nextTick(run)],
  ])('has run, too, where nothing can run it at once: %s', async (_, leave) => {
    const log: unknown[] = [];
    const given = setUp(
      (input) => {
        log.push(input);
        leave(() => log.push(`left by ${String(input)}`));
      },
      1,
      'by turns',
    );
    for (const input of ['a', 'b', 'c']) given.send(input);
    await wake(given);
    expect(log).toEqual(['a', 'left by a']);
    await macrotask();
    expect(log).toEqual(['a', 'left by a', 'b', 'left by b']);
    await macrotask();
    expect(log.slice(4)).toEqual(['c', 'left by c']);
    expect(given.cameBack()).toEqual([0, 1, 2]);
  });

  test('and throws is left to Node, and nothing more starts: there the thread learns of it', async () => {
    const ran: unknown[] = [];
    const given = setUp((input) => {
      ran.push(input);
      if (input === 'a') ticks.error = new Error('left behind');
    });
    for (const input of ['a', 'b']) given.send(input);
    expect(() => given.runner.wake()).toThrow(new Error('left behind'));
    expect(ran).toEqual(['a']);
  });
});

describe('slots', () => {
  test('are all that run at once; the next starts when one is free', async () => {
    const ends: Array<() => void> = [];
    const given = setUp(() => new Promise<void>((resolve) => ends.push(resolve)), 2);
    for (const input of ['a', 'b', 'c', 'd']) given.send(input);
    await wake(given);
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await macrotask();
    await macrotask();
    expect(given.cameBack()).toEqual([1]);
    expect(ends).toHaveLength(3);
    ends[0]?.();
    ends[2]?.();
    await macrotask();
    await macrotask();
    expect(given.cameBack()).toEqual([0, 2]);
    expect(ends).toHaveLength(4);
  });

  test('are free after a job that rejected, and after one that threw', async () => {
    const given = setUp((input) => {
      if (input === 'throws') throw new Error('thrown');
      return input === 'rejects' ? Promise.reject(new Error('rejected')) : input;
    });
    for (const input of ['throws', 'rejects', 'returns']) given.send(input);
    await wake(given, 4);
    expect(given.cameBack()).toEqual([2]);
    const answers = given.messages().filter((each) => each !== BELL);
    expect(answers.map((each) => (each as unknown[]).slice(0, 3))).toEqual([
      [Kind.done, 0, Form.thrown],
      [Kind.done, 1, Form.thrown],
    ]);
    expect(answers.map(thrownIn)).toEqual([new Error('thrown'), new Error('rejected')]);
  });
});

describe('a result', () => {
  const large = 'x'.repeat(20_000);

  test('that does not fit into its cell goes in a message, and its cell with it', async () => {
    const given = setUp(() => large);
    given.send(1);
    await wake(given);
    expect(given.messages()).toEqual([[Kind.done, 0, Form.plain, large]]);
    expect(given.cameBack()).toEqual([]);
    expect(given.main.forms[0]).toBe(Held.none);
    expect(given.main.isFinished(0)).toBe(true);
  });

  test('that is a large Buffer arrives as one, and the job keeps its own', async () => {
    const kept = Buffer.alloc(20_000, 7);
    const given = setUp(() => kept);
    given.send(1);
    await wake(given);
    const [[kind, cell, form, value]] = given.messages() as [[number, number, number, Uint8Array]];
    expect([kind, cell, form]).toEqual([Kind.done, 0, Form.buffer]);
    expect(Buffer.from(value).equals(kept)).toBe(true);
    expect(kept.byteLength).toBe(20_000);
  });

  test('that is a view does not drag its larger memory along', async () => {
    const given = setUp(() => new Uint8Array(50_000).subarray(0, 20_000));
    given.send(1);
    await wake(given);
    const [[, , form, value]] = given.messages() as [[number, number, number, Uint8Array]];
    expect([form, value.byteLength, value.buffer.byteLength]).toEqual([Form.plain, 20_000, 20_000]);
  });

  test('that is transferred moves, however small it is', async () => {
    const memory = new Uint8Array([1, 2]);
    const given = setUp(() => transfer(memory, [memory.buffer]));
    given.send(1);
    await wake(given);
    expect(given.messages()).toEqual([[Kind.done, 0, Form.plain, new Uint8Array([1, 2])]]);
    expect(memory.byteLength).toBe(0);
  });

  test.each<[string, () => unknown, string]>([
    ['a function', () => () => {}, 'DataCloneError'],
    ['an object with a function', () => ({ call() {} }), 'DataCloneError'],
    [
      'one whose getter throws',
      () => ({
        get field() {
          throw new RangeError('no');
        },
      }),
      'RangeError',
    ],
  ])('that cannot be cloned rejects its job alone: %s', async (_, make, name) => {
    const given = setUp((input) => (input === 'odd' ? make() : input));
    for (const input of ['odd', 'even']) given.send(input);
    await wake(given);
    const [message] = given.messages();
    expect((message as unknown[]).slice(0, 3)).toEqual([Kind.done, 0, Form.notCloneable]);
    expect(thrownIn(message)).toMatchObject({ name });
    expect(given.main.isFinished(0)).toBe(true);
    expect(given.cameBack()).toEqual([1]);
  });

  test.each<[string, () => unknown]>([
    ['a promise', () => Promise.resolve('late')],
    [
      'a promise of a promise',
      () => Promise.resolve({ then: (end: (v: unknown) => void) => end('late') }),
    ],
    ['a thenable', () => ({ then: (end: (value: unknown) => void) => end('late') })],
    [
      'a function that is a thenable',
      () => Object.assign(() => {}, { then: (end: (v: unknown) => void) => end('late') }),
    ],
  ])('is awaited, if it is %s, and the function known as asynchronous', async (_, make) => {
    const given = setUp(make);
    given.send(1);
    await wake(given, 2);
    expect(given.resultIn(0)).toBe('late');
    expect(given.main.isAsync(0)).toBe(true);
    expect(given.messages()).toEqual([BELL]);
  });

  test.each([null, undefined, 7, { then: 'no function' }])(
    'is what it is, if it is no thenable: %o',
    async (result) => {
      const given = setUp(() => result);
      given.send(1);
      await wake(given);
      expect(given.resultIn(0)).toEqual(result);
      expect(given.main.isAsync(0)).toBe(false);
    },
  );

  test('of a job that waits is measured from its start to its end', async () => {
    let end = (): void => {};
    const given = setUp(() => new Promise<void>((resolve) => (end = resolve)));
    given.send(1);
    await wake(given);
    clock.nowMs += 5;
    end();
    await macrotask();
    expect([given.main.startedMs(0), given.main.finishedMs(0)]).toEqual([1000, 1005]);
  });
});

describe('an input that is too large for its cell', () => {
  test('is taken when it arrives, and its job then runs without a bell', () => {
    const ran: unknown[] = [];
    const given = setUp((input) => ran.push(input));
    given.send(undefined, Held.none);
    given.runner.receive(0, Form.plain, 'posted');
    expect(ran).toEqual(['posted']);
  });

  test('is a Buffer again, if it was one', () => {
    const ran: unknown[] = [];
    const given = setUp((input) => ran.push(input));
    given.send(undefined, Held.none);
    given.runner.receive(0, Form.buffer, new Uint8Array([1]));
    expect(ran).toEqual([Buffer.from([1])]);
    expect(Buffer.isBuffer(ran[0])).toBe(true);
  });

  test('is looked for in the link; other messages there go to the host', async () => {
    const ran: unknown[] = [];
    const given = setUp((input) => ran.push(input));
    given.send(undefined, Held.none);
    for (const message of [BELL, [Kind.ping], [Kind.input, 0, Form.plain, 'posted']]) {
      given.port.postMessage(message);
    }
    await wake(given);
    expect(ran).toEqual(['posted']);
    expect(given.passedOn).toEqual([[Kind.ping], [Kind.input, 0, Form.plain, 'posted']]);
  });

  test('is unreadable, if it is nowhere: the job does not run, and the next does', async () => {
    const ran: unknown[] = [];
    const given = setUp((input) => ran.push(input));
    given.send(undefined, Held.none);
    given.send('next');
    const cause = new Error('unreadable');
    // The event is a bell, too, but jobs start outside of it: their leftovers may throw.
    given.link.emit('messageerror', cause);
    expect(ran).toEqual([]);
    await macrotask();
    expect(ran).toEqual(['next']);
    const [message] = given.messages();
    expect((message as unknown[]).slice(0, 3)).toEqual([Kind.done, 0, Form.unreadable]);
    expect(thrownIn(message)).toEqual(cause);
  });

  test('of a job that was taken back harms nobody', async () => {
    const ran: unknown[] = [];
    const given = setUp((input) => ran.push(input));
    given.send(undefined, Held.none);
    given.send('next');
    given.main.takeBack(0);
    await wake(given);
    expect(ran).toEqual(['next']);
    expect(given.cameBack()).toEqual([0, 1]);
    expect(given.messages()).toEqual([BELL]);
  });
});

describe('the bell', () => {
  /** Number of jobs of a batch after which the bell is first rung; each job takes as long as its input says. */
  async function rungAfter(warmUp: readonly number[], batch: readonly number[]): Promise<number> {
    let started = 0;
    let rung: number | undefined;
    const given = setUp((runMs) => {
      if (rung === undefined && given.messages().length > 0) rung = started;
      started += 1;
      clock.nowMs += runMs as number;
    });
    for (const runMs of warmUp) {
      given.send(runMs);
      await wake(given);
      given.cameBack();
      clock.nowMs += 10;
    }
    given.messages();
    started = 0;
    for (const runMs of batch) given.send(runMs);
    await wake(given, batch.length + 1);
    expect(started).toBe(batch.length);
    if (rung === undefined && given.messages().length > 0) rung = started;
    return rung ?? Number.NaN;
  }

  // The running mean begins at 0, and each job has a weight of one sixteenth.
  test.each<[string, number[], number[], number]>([
    ['after the only job', [], [1], 1],
    ['when one is left', [], [0, 0], 1],
    ['not when two are', [], [0, 0, 0], 2],
    ['at the half, if the rest is short', [], [0, 0, 0, 0], 2],
    ['at the half of an odd number', [], [0, 0, 0, 0, 0], 3],
    ['at the half, if the rest takes just less than 0.2 ms', [1.82], [0, 0, 0, 0], 2],
    ['when one is left, if it takes more', [1.83], [0, 0, 0, 0], 3],
    ['when results lie there for 0.2 ms', [], [0, 0.2, 0, 0, 0, 0], 2],
    ['not when they lie there for less', [], [0, 0.19, 0, 0, 0, 0], 3],
    ['when they lie there for three times what the rest takes', [1.6], [0, 0.845, 0, 0], 2],
    ['not before that', [1.6], [0, 0.84, 0, 0], 3],
    ['when they lie there for 2 ms, however long the rest takes', [80], [0, 2, 0, 0, 0, 0, 0], 2],
    ['not after less, if the rest is that long', [80], [0, 1.99, 0, 0, 0, 0, 0], 3 + 3],
  ])('is rung %s', async (_, warmUp, batch, after) => {
    expect(await rungAfter(warmUp, batch)).toBe(after);
  });

  test('is rung once, until the main thread has answered it', async () => {
    const given = setUp((input) => input);
    given.send(1);
    await wake(given);
    expect(given.messages()).toEqual([BELL]);
    given.send(2);
    clock.nowMs += 10;
    await wake(given);
    expect(given.messages(), 'it is on its way').toEqual([]);
    expect(given.cameBack()).toEqual([0, 1]);
    given.send(3);
    clock.nowMs += 10;
    await wake(given);
    expect(given.messages()).toEqual([BELL]);
  });

  test('is not rung for what the main thread has collected by itself', async () => {
    const given = setUp((input) => {
      // Collects the cells that have come back so far.
      given.cameBack();
      return input;
    });
    for (const input of [1, 2, 3]) given.send(input);
    given.main.takeBack(2);
    await wake(given);
    expect(given.messages()).toEqual([BELL]);
    clock.nowMs += 10;
    await wake(given);
    expect(given.messages(), 'nothing new').toEqual([]);
  });

  test('is what a message is, too', async () => {
    const given = setUp((input) => (input === 'large' ? 'x'.repeat(20_000) : input));
    given.send('large');
    given.send('small');
    await wake(given);
    expect(given.messages()).toHaveLength(1);
  });

  test('is rung for a job that was awaited', async () => {
    const given = setUp((input) => Promise.resolve(input), 4);
    for (const input of [1, 2]) given.send(input);
    await wake(given, 3);
    expect(given.messages()).toEqual([BELL]);
    expect(given.cameBack()).toEqual([0, 1]);
  });
});

describe('turns of the event loop', () => {
  test.each([
    [[1, 0.99, 5], 3],
    [[1, 1, 5], 2],
    [[5, 5, 5], 1],
  ])('jobs run back to back for two milliseconds: of %j %i', async (batch, count) => {
    const started: unknown[] = [];
    const given = setUp((runMs) => {
      started.push(runMs);
      clock.nowMs += runMs as number;
    });
    for (const runMs of batch) given.send(runMs);
    await wake(given);
    expect(started).toHaveLength(count);
    expect(given.main.isHostAwake || count === batch.length).toBe(true);
    for (const _ of batch) await macrotask();
    expect(started).toEqual(batch);
    expect(given.main.isHostAwake).toBe(false);
  });

  test('a bell meanwhile does not start a job out of its turn', async () => {
    const started: unknown[] = [];
    const given = setUp((input) => {
      started.push(input);
      clock.nowMs += 5;
    });
    for (const input of [1, 2, 3]) given.send(input);
    await wake(given);
    given.runner.wake();
    given.runner.receive(99, Form.plain, 'for later');
    expect(started).toEqual([1]);
    for (const _ of started) await macrotask();
    await macrotask();
    expect(started).toEqual([1, 2, 3]);
  });
});

describe('a thread that is stopped', () => {
  test('starts no job', async () => {
    const ran: unknown[] = [];
    const given = setUp((input) => ran.push(input));
    given.send(1);
    given.runner.stop();
    await wake(given);
    given.runner.receive(9, Form.plain, 1);
    expect(ran).toEqual([]);
    expect(given.main.isStarted(0)).toBe(false);
  });

  test('starts no further one, if a job has stopped it', async () => {
    const ran: unknown[] = [];
    const given = setUp((input) => {
      ran.push(input);
      given.runner.stop();
    });
    for (const input of [1, 2]) given.send(input);
    await wake(given, 3);
    expect(ran).toEqual([1]);
  });
});

describe('a job that is told to stop', () => {
  /** Jobs that wait for their signals, and the reasons that they got. */
  function setUpWaiting(slots = 1) {
    const reasons: unknown[] = [];
    const given = setUp(
      (_, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            reasons.push((signal.reason as DOMException).name);
            resolve();
          });
        }),
      slots,
    );
    return { ...given, reasons };
  }

  test('learns it from the message, by the signal that it uses', async () => {
    const given = setUpWaiting();
    given.send(1);
    await wake(given);
    given.main.jobWords.tell(0, Told.timedOut);
    expect(given.reasons).toEqual([]);
    given.runner.told(0);
    expect(given.reasons).toEqual(['TimeoutError']);
    await macrotask();
    expect(given.main.isFinished(0)).toBe(true);
  });

  test('alone learns it', async () => {
    const given = setUpWaiting(2);
    given.send(1);
    given.send(2);
    await wake(given);
    given.main.jobWords.tell(1, Told.cancelled);
    given.runner.told(1);
    expect(given.reasons).toEqual(['AbortError']);
    await macrotask();
    expect([0, 1].map((cell) => given.main.isFinished(cell))).toEqual([false, true]);
  });

  test('learns nothing from a message that came for an earlier job of its cell', async () => {
    const given = setUpWaiting();
    given.send(1);
    await wake(given);
    given.runner.told(0);
    expect(given.reasons).toEqual([]);
  });

  test('may have ended, or use no signal: then the message is for nobody', async () => {
    const given = setUp((input) => (input === 'waits' ? new Promise(() => {}) : input));
    given.send('ends');
    given.send('waits');
    await wake(given);
    for (const cell of [0, 1, 99]) given.runner.told(cell);
    expect(given.main.isFinished(1)).toBe(false);
  });
});

describe('progress', () => {
  test('is posted, and the result in a message behind it, never in the cell', async () => {
    const given = setUp((input, { progress }) => {
      progress('half');
      return input;
    });
    given.send('all', undefined, true);
    await wake(given);
    expect(given.messages()).toEqual([
      [Kind.progress, 0, Form.plain, 'half'],
      [Kind.done, 0, Form.plain, 'all'],
    ]);
    expect(given.cameBack()).toEqual([]);
  });

  test('that nobody wants to hear is not posted, and the result lies in the cell', async () => {
    const given = setUp((input, { progress }) => {
      progress('half');
      return input;
    });
    given.send('all');
    await wake(given);
    expect(given.messages()).toEqual([BELL]);
    expect(given.resultIn(0)).toBe('all');
  });

  test('that is kept is posted at the end, before the result and before what was thrown', async () => {
    const given = setUp((input, { progress }) => {
      for (const value of [1, 2, 3]) progress(value);
      if (input === 'throws') throw new Error('thrown');
      return input;
    });
    given.send('returns', undefined, true);
    given.send('throws', undefined, true);
    await wake(given);
    const messages = given.messages() as unknown[][];
    expect(messages.map((message) => message.slice(0, 2).concat(message[3]))).toEqual([
      [Kind.progress, 0, 1],
      [Kind.progress, 0, 3],
      [Kind.done, 0, 'returns'],
      [Kind.progress, 1, 1],
      [Kind.progress, 1, 3],
      [Kind.done, 1, expect.objectContaining({ message: 'thrown' })],
    ]);
  });

  test('that is kept is posted when the main thread asks for it', async () => {
    let end = (): void => {};
    const given = setUp((_, { progress }) => {
      for (const value of [1, 2, 3]) progress(value);
      return new Promise<void>((resolve) => (end = resolve));
    });
    given.send('x', undefined, true);
    await wake(given);
    expect(given.messages()).toEqual([[Kind.progress, 0, Form.plain, 1]]);
    expect(given.main.jobWords.received(0)).toBe(true);
    given.runner.more(0);
    expect(given.messages()).toEqual([[Kind.progress, 0, Form.plain, 3]]);
    expect(given.main.jobWords.received(0)).toBe(false);
    for (const cell of [0, 99]) given.runner.more(cell);
    end();
    await macrotask();
    expect(given.messages()).toEqual([[Kind.done, 0, Form.plain, undefined]]);
    given.runner.more(0);
    expect(given.messages()).toEqual([]);
  });

  test('that cannot be cloned is a stray error, and harms nothing', async () => {
    const given = setUp((input, { progress }) => {
      progress(() => {});
      return input;
    });
    given.send('all', undefined, true);
    await wake(given);
    expect(given.strays).toMatchObject([{ name: 'DataCloneError' }]);
    expect(given.messages()).toEqual([BELL]);
    expect(given.resultIn(0)).toBe('all');
  });
});

describe('a thread is idle', () => {
  test('at once, if no function runs', () => {
    const given = setUp((input) => input);
    let isIdle = false;
    given.runner.whenIdle(() => (isIdle = true));
    expect(isIdle).toBe(true);
  });

  test.each<[string, (input: unknown) => unknown]>([
    ['returned', (input) => input],
    ['answered in a message', () => 'x'.repeat(20_000)],
    [
      'thrown',
      () => {
        throw new Error('thrown');
      },
    ],
  ])('in the turn after the last function has %s', async (_, end) => {
    const ends: Array<() => void> = [];
    const given = setUp(async (input) => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return end(input);
    }, 2);
    given.send('a');
    given.send('b');
    await wake(given);
    let calls = 0;
    given.runner.whenIdle(() => (calls += 1));
    ends[1]?.();
    await macrotask();
    await macrotask();
    expect(calls, 'the other one goes on').toBe(0);
    ends[0]?.();
    // Only microtasks run.
    for (let tick = 0; tick < 10; tick += 1) await undefined;
    expect([given.main.isFinished(0), calls]).toEqual([true, 0]);
    await macrotask();
    await macrotask();
    expect(calls).toBe(1);
  });
});

test('the end of a thread is published, and it starts no job any more', async () => {
  const ran: unknown[] = [];
  const given = setUp((input) => ran.push(input));
  given.send(1);
  given.runner.end();
  const beforeMs = performance.now();
  given.main.waitForEnd(HANGS_MS);
  expect(performance.now() - beforeMs).toBeLessThan(HANGS_MS);
  await wake(given);
  expect(ran).toEqual([]);
});

describe('before it sleeps, a thread that slept but shortly', () => {
  /** True if the thread looks for jobs. Each read of the clock takes 0.02 ms, longer than it looks. */
  async function looks(given: ReturnType<typeof setUp>, sleptMs: number): Promise<boolean> {
    await macrotask();
    clock.nowMs += sleptMs;
    clock.stepMs = 0.02;
    clock.reads = 0;
    given.runner.wake();
    clock.stepMs = 0;
    return clock.reads > 1;
  }

  test.each([
    [0.17, true],
    [0.19, false],
  ])('looks for more jobs: after %d ms and a little: %s', async (sleptMs, hasLooked) => {
    const given = setUp((input) => input);
    given.send(1);
    await wake(given);
    expect(await looks(given, sleptMs)).toBe(hasLooked);
  });

  test('runs what comes while it looks, without a bell', async () => {
    const ran: unknown[] = [];
    const given = setUp((input) => ran.push(input));
    given.send('first');
    await wake(given);
    clock.stepMs = 0.004;
    let reads = 0;
    clock.onRead = () => {
      reads += 1;
      // The first read is for the bell, the second for the start of the look.
      if (reads === 3) given.send('found');
    };
    given.runner.wake();
    expect(ran).toEqual(['first', 'found']);
    expect(given.main.isHostAwake).toBe(false);
  });

  test('looks only once in sixteen sleeps, if it finds nothing and answers in messages', async () => {
    const given = setUp(() => 'x'.repeat(20_000));
    given.send(1);
    await wake(given);
    const hasLooked: boolean[] = [];
    for (let sleep = 0; sleep < 50; sleep += 1) hasLooked.push(await looks(given, 0.1));
    const at = hasLooked.flatMap((has, sleep) => (has ? [sleep] : []));
    // Skipped looks count as unsuccessful, too, and so does the look itself.
    expect(at.slice(0, 16)).toEqual(Array.from({ length: 16 }, (_, sleep) => sleep));
    expect(at.slice(16)).toEqual([31, 46]);
  });

  test('always looks, if its answers lie in cells', async () => {
    const given = setUp((input) => input);
    given.send(1);
    await wake(given);
    const hasLooked: boolean[] = [];
    for (let sleep = 0; sleep < 40; sleep += 1) hasLooked.push(await looks(given, 0.1));
    expect(hasLooked).not.toContain(false);
  });
});
