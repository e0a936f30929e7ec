import { describe, expect, test, vi } from 'vitest';
import { NotCloneableError } from '../../../src/api/errors.js';
import type { JobRecord } from '../../../src/job/job.js';
import type { Closing } from '../../../src/schedule/closing.js';
import { Flow } from '../../../src/schedule/flow.js';
import { type Feeder, Turns } from '../../../src/schedule/turns.js';
import type { Pressure } from '../../../src/schedule/pressure.js';
import { rejection } from '../../helpers/outcomes.js';
import { type JobFields, jobOf } from '../dispatch/jobs.js';
import { asDispatcher, dispatcherOf, partsOf, ROOMY } from './parts.js';

function setUp(limits = ROOMY, slots = 1) {
  const parts = partsOf(slots, limits);
  const { backlog, log, settling, timeouts } = parts;
  const dispatcher = dispatcherOf(log);
  const clock = { nowMs: 100 };
  const pressure = { onFall: () => log.push('fall') } as unknown as Pressure;
  // Each refill ends by asking whether the pool is drained.
  const end = { isDrained: false };
  const closing = {
    drain() {
      log.push('refilled');
      return end.isDrained;
    },
  } as unknown as Closing;
  const turns = new Turns(backlog, slots);
  const flow = new Flow(
    backlog,
    asDispatcher(dispatcher),
    settling,
    timeouts,
    pressure,
    closing,
    turns,
    () => clock.nowMs,
    () => log.push('drained'),
  );
  const queued = (id: number): JobRecord => {
    const job = jobOf(id);
    backlog.accept(job);
    backlog.queue(job);
    return job;
  };
  const waiting = (id: number, fields: JobFields = {}): JobRecord => {
    const job = jobOf(id, { acceptedMs: -1, ...fields });
    backlog.wait(job);
    return job;
  };
  return { ...parts, clock, dispatcher, end, flow, queued, turns, waiting };
}

describe('refilling', () => {
  test('reports that the last job of a closing pool has settled, after everything else', () => {
    const { end, flow, log } = setUp();
    flow.refill();
    expect(log).toEqual(['ring', 'fall', 'refilled']);
    end.isDrained = true;
    flow.refill();
    expect(log.slice(3)).toEqual(['ring', 'fall', 'refilled', 'drained']);
  });

  test('sends what is queued in its order, as long as a thread has room, and then rings once', () => {
    const { backlog, dispatcher, flow, log, queued } = setUp();
    const jobs = [1, 2, 3].map(queued);
    const lane = { name: 'lane' };
    dispatcher.laneFor.mockReturnValueOnce(lane).mockReturnValueOnce(lane);
    flow.refill();
    expect(dispatcher.laneFor.mock.calls).toEqual(jobs.map((job) => [job]));
    expect(dispatcher.send.mock.calls).toEqual([
      [jobs[0], lane, false],
      [jobs[1], lane, false],
    ]);
    expect(log).toEqual([
      'send 1',
      'reschedule 1',
      'send 2',
      'reschedule 2',
      'ring',
      'fall',
      'refilled',
    ]);
    expect(backlog.next).toBe(jobs[2]);
  });

  test('of nothing rings and reports all the same', () => {
    const { dispatcher, flow, log } = setUp();
    flow.refill();
    expect(dispatcher.laneFor).not.toHaveBeenCalled();
    expect(log).toEqual(['ring', 'fall', 'refilled']);
  });

  test('lets waiters in before anything is sent, and after each that is', () => {
    const { backlog, dispatcher, flow, log, queued, waiting } = setUp({ ...ROOMY, jobs: 1 });
    queued(1);
    for (const id of [2, 3, 4]) waiting(id);
    dispatcher.laneFor.mockReturnValueOnce({});
    // The sent job ends at once, so its place is free.
    dispatcher.send.mockImplementationOnce((job) => {
      log.push(`send ${job.id}`);
      backlog.release(job);
    });
    flow.refill();
    expect(log.slice(0, 4)).toEqual(['reschedule 2', 'send 1', 'reschedule 1', 'reschedule 3']);
    expect(backlog).toMatchObject({ accepted: 2, queued: 2, waiting: 1 });
  });

  test('lets a feeder submit that waits longer than the first waiter, and later ones do not', () => {
    const { backlog, flow, log, turns, waiting } = setUp({ ...ROOMY, jobs: 0 });
    const feeder = (name: string, idleSince: number): Feeder => ({
      idleSince,
      keptBytes: 1,
      list: undefined,
      previous: undefined,
      next: undefined,
      takeTurn() {
        log.push(name);
        backlog.accept(jobOf(100));
      },
      onClosed() {},
    });
    turns.want(feeder('first', 4));
    turns.want(feeder('second', 6));
    waiting(5);
    flow.refill();
    expect(log).toEqual(['first', 'ring', 'fall', 'refilled']);
    expect(backlog.waiting, 'the room was gone').toBe(1);
  });

  test('accepts a waiter now, takes its input over, and queues it behind the others', async () => {
    const { backlog, clock, flow, log, queued, waiting } = setUp();
    queued(1);
    const input = new Uint8Array([1, 2, 3]).subarray(1);
    const waiter = waiting(2, { input, bytes: 30 });
    const acceptance = waiter.acceptance();
    clock.nowMs = 123;
    flow.refill();
    expect(await acceptance).toBe(waiter);
    expect(waiter.acceptedMs).toBe(123);
    expect((waiter.input as Uint8Array).buffer.byteLength).toBe(2);
    expect(backlog).toMatchObject({ accepted: 2, bytes: 31, queued: 2, waiting: 0 });
    expect(backlog.next?.id).toBe(1);
    expect(log).toContain('reschedule 2');
  });

  test('refuses a waiter that cannot be taken over, and lets the next one in', async () => {
    const { backlog, flow, log, stats, waiting } = setUp();
    const input = { call() {} };
    const odd = waiting(1, { input, transfer: [new ArrayBuffer(1)], bytes: 30 });
    const refusal = rejection(odd.acceptance());
    const next = waiting(2);
    flow.refill();
    expect(await refusal).toBeInstanceOf(NotCloneableError);
    expect(await refusal).toMatchObject({ what: 'input', cause: { name: 'DataCloneError' } });
    expect(odd.ending).toBe('refused');
    expect(stats.endings.refused).toBe(1);
    expect(log).not.toContain('failed unread 1');
    expect(next.acceptedMs).toBe(100);
    expect(backlog).toMatchObject({ accepted: 1, bytes: 1, queued: 1, waiting: 0 });
  });

  test('refuses a waiter whose memory was detached while it waited', () => {
    const { flow, waiting } = setUp();
    const memory = new ArrayBuffer(1);
    structuredClone(memory, { transfer: [memory] });
    const waiter = waiting(1, { input: memory, transfer: [memory] });
    const whole = new ArrayBuffer(1);
    const other = waiting(2, { input: whole, transfer: [whole] });
    flow.refill();
    expect(waiter.ending).toBe('refused');
    // Thrown by `checkTransferable`: cloning would throw, too, but not on every version of Node.
    expect(waiter.error).toMatchObject({ cause: { name: 'TypeError' } });
    expect([other.ending, whole.byteLength]).toEqual([undefined, 0]);
  });

  test('rejects a job that cannot be sent, and sends the next', () => {
    const { backlog, dispatcher, flow, log, queued } = setUp();
    const [odd] = [queued(1), queued(2)];
    dispatcher.laneFor.mockReturnValueOnce({}).mockReturnValueOnce({});
    const cause = new Error('why');
    dispatcher.send.mockImplementationOnce(() => {
      throw cause;
    });
    flow.refill();
    expect(odd?.ending).toBe('rejected');
    expect(odd?.error).toBeInstanceOf(NotCloneableError);
    expect(odd?.error).toMatchObject({ what: 'input', cause });
    expect(log).toContain('send 2');
    expect(backlog).toMatchObject({ accepted: 1, queued: 0 });
  });

  test('is not entered twice: what is asked for meanwhile is seen to by the first', () => {
    const { dispatcher, flow, log, queued } = setUp();
    queued(1);
    dispatcher.laneFor.mockReturnValue({});
    dispatcher.send.mockImplementationOnce((job) => {
      log.push(`send ${job.id}`);
      queued(2);
      flow.refill();
      log.push('sent');
    });
    flow.refill();
    expect(log).toEqual([
      'send 1',
      'sent',
      'reschedule 1',
      'send 2',
      'reschedule 2',
      'ring',
      'fall',
      'refilled',
    ]);
    flow.refill();
    expect(log.slice(8), 'and then again').toEqual(['ring', 'fall', 'refilled']);
  });

  test('rings for what was sent and can be entered again, though something threw', () => {
    const { dispatcher, flow, log, queued } = setUp();
    queued(1);
    dispatcher.laneFor.mockImplementationOnce(() => {
      throw new Error('a bug');
    });
    expect(() => flow.refill()).toThrow('a bug');
    expect(log).toEqual(['ring']);
    flow.refill();
    expect(log).toEqual(['ring', 'ring', 'fall', 'refilled']);
  });
});

describe('when threads have answered', () => {
  const microtasks = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
  };

  test('what is queued is sent at once, and once more behind the code that awaits the results', async () => {
    const { dispatcher, flow, log, queued } = setUp();
    queued(1);
    flow.onAnswers();
    expect(log).toEqual(['ring', 'fall', 'refilled']);
    await microtasks();
    expect(log).toEqual(['ring', 'fall', 'refilled', 'ring', 'fall', 'refilled']);
    expect(
      dispatcher.relieve,
      'a job is queued: no thread has more than its share',
    ).not.toHaveBeenCalled();
  });

  test('those that wait are let in at once', () => {
    const { flow, waiting } = setUp();
    const waiter = waiting(1);
    flow.onAnswers();
    expect(waiter.acceptedMs).toBe(100);
  });

  test('and nobody waits, it all follows in a microtask', async () => {
    const { dispatcher, flow, log } = setUp();
    flow.onAnswers();
    expect(log).toEqual([]);
    await microtasks();
    expect(dispatcher.relieve).toHaveBeenCalledOnce();
    expect(log).toEqual(['ring', 'fall', 'refilled']);
  });

  test('what was shared out is sent, too', async () => {
    const { dispatcher, flow, log } = setUp();
    dispatcher.relieve.mockReturnValueOnce(true);
    flow.onAnswers();
    await microtasks();
    expect(log).toEqual(['ring', 'fall', 'refilled', 'ring', 'fall', 'refilled']);
    expect(dispatcher.relieve).toHaveBeenCalledOnce();
  });

  test('several times, one microtask is enough; the next answers get another', async () => {
    const { dispatcher, flow } = setUp();
    const refill = vi.spyOn(flow, 'refill');
    flow.onAnswers();
    flow.onAnswers();
    await microtasks();
    expect([refill.mock.calls.length, dispatcher.relieve.mock.calls.length]).toEqual([1, 1]);
    flow.onAnswers();
    await microtasks();
    expect([refill.mock.calls.length, dispatcher.relieve.mock.calls.length]).toEqual([2, 2]);
  });

  test('nothing is shared out while submissions wait for room', async () => {
    const { backlog, dispatcher, flow, waiting } = setUp({ ...ROOMY, jobs: 0 });
    backlog.accept(jobOf(9));
    waiting(1);
    flow.onAnswers();
    await microtasks();
    expect(dispatcher.relieve).not.toHaveBeenCalled();
  });
});
