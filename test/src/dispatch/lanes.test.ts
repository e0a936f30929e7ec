import { expect, test } from 'vitest';
import { Lane } from '../../../src/dispatch/lane.js';
import { Lanes } from '../../../src/dispatch/lanes.js';
import type { JobRecord } from '../../../src/job/job.js';
import { jobOf } from './jobs.js';
import { ScriptedLink } from './scripted-link.js';

function setUp(threads: number) {
  const lanes = new Lanes();
  const links = Array.from({ length: threads }, () => new ScriptedLink(8, () => 0));
  for (const link of links) lanes.add(new Lane(link, []));
  const lane = (at: number): Lane => lanes.all[at] as Lane;
  const send = (at: number, job: JobRecord): JobRecord => {
    const cell = lane(at).occupy(job);
    lane(at).rings.offer(cell);
    lane(at).rings.submit(cell);
    return job;
  };
  const start = (at: number, atMs: number): void => {
    const { host } = links[at] as ScriptedLink;
    host.start(host.next(), atMs);
  };
  return { lanes, links, lane, send, start };
}

test('threads are listed in the order of readiness, and found by their link until they are gone', () => {
  const { lanes, links, lane } = setUp(3);
  const [first, second, third] = [lane(0), lane(1), lane(2)];
  expect(links.map((link) => lanes.find(link))).toEqual([first, second, third]);
  lanes.remove(second);
  expect(lanes.all).toEqual([first, third]);
  expect(lanes.find(links[1] as ScriptedLink)).toBeUndefined();
  lanes.remove(second);
  expect(lanes.all, 'nothing is removed twice').toEqual([first, third]);
  lanes.remove(first);
  expect(lanes.all).toEqual([third]);
});

test('ready are the threads that are in service, and busy those of them that have a job', () => {
  const { lanes, lane, send } = setUp(4);
  expect(lanes.threads()).toEqual({ ready: 4, busy: 0 });
  send(0, jobOf(1));
  send(1, jobOf(2));
  send(1, jobOf(3));
  expect(lanes.threads()).toEqual({ ready: 4, busy: 2 });
  lane(1).isRetired = lane(2).isRetired = true;
  expect(lanes.threads()).toEqual({ ready: 2, busy: 1 });
});

test('what runs and what is sent is gathered from all threads', () => {
  const { lanes, send, start } = setUp(2);
  const jobs = [send(0, jobOf(4)), send(0, jobOf(1)), send(1, jobOf(2)), send(1, jobOf(3))];
  start(0, 10);
  start(1, 20);
  start(1, 30);
  expect(lanes.runningSinceMs()).toEqual([10, 20, 30]);
  expect(lanes.sent()).toEqual([jobs[1], jobs[0], jobs[2], jobs[3]]);
});

test('the unstarted jobs are counted, and the oldest of them found', () => {
  const { lanes, send, start } = setUp(3);
  expect(lanes.unstarted()).toEqual({ count: 0, oldest: undefined });
  send(0, jobOf(1));
  send(0, jobOf(5));
  const oldest = send(1, jobOf(2));
  send(1, jobOf(3));
  send(2, jobOf(4));
  start(0, 0);
  expect(lanes.unstarted()).toEqual({ count: 4, oldest });
  expect(lanes.unstarted().oldest).toBe(oldest);
});

test('the oldest unstarted job is taken back, whichever thread it is on', () => {
  const { lanes, send, start } = setUp(3);
  send(0, jobOf(1));
  send(0, jobOf(4));
  send(1, jobOf(2));
  send(1, jobOf(6));
  send(2, jobOf(3));
  start(0, 0);
  for (const id of [2, 3, 4, 6]) {
    expect(lanes.takeBackOldest()).toMatchObject({ id, carrier: undefined });
  }
  expect(lanes.takeBackOldest()).toBeUndefined();
});

test('the oldest is found, too, where it was taken back before and sent behind newer ones', () => {
  const { lanes, lane, send } = setUp(2);
  for (const id of [5, 7, 3, 6]) send(0, jobOf(id));
  send(1, jobOf(4));
  for (const id of [3, 4, 5]) expect(lanes.takeBackOldest()?.id).toBe(id);
  expect(lane(0).isUnordered).toBe(true);
  expect(lanes.takeBackOldest()?.id).toBe(6);
  expect(lanes.takeBackOldest()?.id).toBe(7);
  expect(lane(0).isUnordered, 'what was in the way is gone').toBe(false);
});

test('it is left alone where another job is older', () => {
  const { lanes, send } = setUp(1);
  send(0, jobOf(5));
  expect(lanes.takeBackOldest(5)).toBeUndefined();
  expect(lanes.takeBackOldest(6)?.id).toBe(5);
});

test('one whose input was transferred is left alone', () => {
  const { lanes, send } = setUp(1);
  const transfer = [new ArrayBuffer(1)];
  send(0, jobOf(1, { transfer }));
  send(0, jobOf(2));
  expect(lanes.takeBackOldest()?.id).toBe(2);
  expect(lanes.takeBackOldest()).toBeUndefined();
  expect(lanes.sent()).toHaveLength(1);
});

test('one that its thread starts just now is not taken back, but the next', () => {
  const { lanes, lane, send, start } = setUp(1);
  const first = send(0, jobOf(1));
  send(0, jobOf(2));
  const { rings } = lane(0);
  const takeBack = rings.takeBack.bind(rings);
  rings.takeBack = (cell) => {
    rings.takeBack = takeBack;
    start(0, 0);
    return takeBack(cell);
  };
  expect(lanes.takeBackOldest()?.id).toBe(2);
  expect(first.isStarted).toBe(true);
});

test('the abandoned jobs of all threads are counted', () => {
  const { lanes, send, start } = setUp(3);
  const jobs = [0, 1, 1].map((at) => send(at, jobOf(at)));
  for (const at of [0, 1, 1]) start(at, 0);
  expect(lanes.abandoned()).toBe(0);
  for (const job of jobs) job.carrier = undefined;
  expect(lanes.abandoned()).toBe(3);
});
