import { describe, expect, test } from 'vitest';
import type { Ending } from '../../../src/job/job.js';
import { jobOf } from '../dispatch/jobs.js';
import { partsOf } from './parts.js';

describe('settling', () => {
  test('frees the place and the bytes of a job in the queue, and ends it', async () => {
    const { backlog, settling, stats } = partsOf();
    const [job, other] = [jobOf(1, { bytes: 30 }), jobOf(2, { bytes: 4 })];
    for (const each of [job, other]) {
      backlog.accept(each);
      backlog.queue(each);
    }
    const { result } = job;
    settling.settle(job, 'fulfilled', 'value');
    expect(await result).toBe('value');
    expect(job).toMatchObject({ ending: 'fulfilled', list: undefined });
    expect(backlog).toMatchObject({ accepted: 1, bytes: 4, queued: 1, next: other });
    expect(stats.endings.fulfilled).toBe(1);
  });

  test('takes a waiter out, which had no place to free', () => {
    const { backlog, settling } = partsOf();
    const job = jobOf(1, { bytes: 30, acceptedMs: -1 });
    backlog.wait(job);
    settling.settle(job, 'refused', new Error('no'));
    expect(backlog).toMatchObject({ accepted: 0, bytes: 0, waiting: 0 });
    expect(backlog.waitBlocker(1000), 'its bytes are free').toBeUndefined();
  });

  test('a job that was accepted at 0 had a place', () => {
    const { backlog, settling } = partsOf();
    const job = jobOf(1, { acceptedMs: 0 });
    backlog.accept(job);
    settling.settle(job, 'fulfilled', 1);
    expect(backlog.accepted).toBe(0);
  });

  test('happens once; the first ending stands', () => {
    const { backlog, log, settling, stats } = partsOf();
    const job = jobOf(1);
    backlog.accept(jobOf(2));
    backlog.accept(job);
    settling.settle(job, 'cancelled', 'first');
    settling.settle(job, 'rejected', 'second');
    expect(job).toMatchObject({ ending: 'cancelled', error: 'first' });
    expect(backlog.accepted).toBe(1);
    expect(stats.endings).toMatchObject({ cancelled: 1, rejected: 0 });
    expect(log).toEqual(['remove 1']);
  });

  test('ends the timeouts and the listener of the job', () => {
    const { log, settling, signals } = partsOf();
    const controller = new AbortController();
    const job = jobOf(1, { signal: controller.signal });
    signals.add(controller.signal, job);
    settling.settle(job, 'fulfilled', 1);
    expect(log).toEqual(['remove 1']);
    controller.abort();
    expect(log).toEqual(['remove 1']);
  });

  test('leaves the backlog alone if it has let the job go already', () => {
    const { backlog, settling, stats } = partsOf();
    backlog.accept(jobOf(2));
    const job = jobOf(1);
    settling.finish(job, 'dropped', new Error('dropped'));
    expect(backlog.accepted).toBe(1);
    expect(job.ending).toBe('dropped');
    expect(stats.endings.dropped).toBe(1);
  });
});

describe('while jobs are told that the pool closes', () => {
  test('a job that fails is rejected with the error that is made of its own', () => {
    const { settling, stats } = partsOf();
    const seen: unknown[] = [];
    settling.onRejected = (job, error) => {
      seen.push([job.id, error, job.ending, job.input]);
      return 'cut off';
    };
    const job = jobOf(1, { input: 'input' });
    settling.settle(job, 'rejected', 'its own');
    expect(job).toMatchObject({ ending: 'rejected', error: 'cut off' });
    expect(seen, 'it is asked before the job has ended').toEqual([
      [1, 'its own', undefined, 'input'],
    ]);
    expect(stats.endings.rejected).toBe(1);
    settling.settle(job, 'rejected', 'again');
    expect(seen).toHaveLength(1);
  });

  test.each<Ending>(['fulfilled', 'cancelled', 'timedOut', 'dropped', 'refused'])(
    'a job that is %s keeps what it ends with',
    (ending) => {
      const { settling } = partsOf();
      settling.onRejected = () => 'cut off';
      const job = jobOf(1);
      settling.settle(job, ending, 'its own');
      expect(job).toMatchObject({ ending, error: 'its own' });
    },
  );
});

describe('a failure that nobody reads is reported', () => {
  test.each<[Ending, boolean]>([
    ['rejected', true],
    ['timedOut', true],
    ['dropped', true],
    ['fulfilled', false],
    ['cancelled', false],
    ['refused', false],
  ])('%s: %s', (ending, isReported) => {
    const { log, settling } = partsOf();
    settling.finish(jobOf(1, { acceptedMs: 0 }), ending, new Error('it'));
    expect(log.includes('failed unread 1')).toBe(isReported);
  });

  test('not if the result was asked for', () => {
    const { log, settling } = partsOf();
    const job = jobOf(1);
    void job.result;
    settling.finish(job, 'rejected', new Error('it'));
    expect(log).not.toContain('failed unread 1');
  });

  test('not if the job was never accepted', () => {
    const { log, settling } = partsOf();
    settling.finish(jobOf(1, { acceptedMs: -1 }), 'timedOut', new Error('it'));
    expect(log).not.toContain('failed unread 1');
  });

  test('once the job has ended', () => {
    const { log, settling } = partsOf();
    settling.finish(jobOf(1), 'rejected', new Error('it'));
    expect(log).toEqual(['remove 1', 'failed unread 1']);
  });
});

test('a job that is put back stands at its place, and its timeouts are set anew', () => {
  const { backlog, log, settling } = partsOf();
  backlog.queue(jobOf(2));
  settling.putBack(jobOf(1));
  expect(backlog.next?.id).toBe(1);
  expect(backlog.queued).toBe(2);
  expect(log).toEqual(['reschedule 1']);
});
