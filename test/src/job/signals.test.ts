import { getEventListeners } from 'node:events';
import { beforeEach, expect, test } from 'vitest';
import { Signals } from '../../../src/job/signals.js';

let aborted: Array<{ jobs: string[]; reason: unknown }>;
let signals: Signals<string>;
let controller: AbortController;
let signal: AbortSignal;

beforeEach(() => {
  aborted = [];
  signals = new Signals((jobs, reason) => aborted.push({ jobs: [...jobs], reason }));
  controller = new AbortController();
  ({ signal } = controller);
});

function listeners(of: AbortSignal = signal): number {
  return getEventListeners(of, 'abort').length;
}

test('any number of jobs share one listener of their signal', () => {
  for (const job of ['a', 'b', 'c']) {
    signals.add(signal, job);
    expect(listeners()).toBe(1);
  }
});

test('a signal that aborts is reported once, with its jobs in their order and its reason', () => {
  signals.add(signal, 'a');
  signals.add(signal, 'b');
  controller.abort('reason');
  expect(aborted).toEqual([{ jobs: ['a', 'b'], reason: 'reason' }]);
});

test('the listener goes with the last job', () => {
  signals.add(signal, 'a');
  signals.add(signal, 'b');
  signals.remove(signal, 'a');
  expect(listeners()).toBe(1);
  signals.remove(signal, 'b');
  expect(listeners()).toBe(0);
  controller.abort();
  expect(aborted).toEqual([]);
});

test('a job that was removed is not reported with the others', () => {
  signals.add(signal, 'a');
  signals.add(signal, 'b');
  signals.remove(signal, 'a');
  controller.abort('reason');
  expect(aborted).toEqual([{ jobs: ['b'], reason: 'reason' }]);
});

test('a signal that all jobs have left can be used again', () => {
  signals.add(signal, 'a');
  signals.remove(signal, 'a');
  signals.add(signal, 'b');
  expect(listeners()).toBe(1);
  controller.abort('reason');
  expect(aborted).toEqual([{ jobs: ['b'], reason: 'reason' }]);
});

test('a job that is removed twice takes no other with it', () => {
  signals.add(signal, 'a');
  signals.add(signal, 'b');
  signals.remove(signal, 'a');
  signals.remove(signal, 'a');
  expect(listeners()).toBe(1);
  signals.remove(signal, 'b');
  signals.remove(signal, 'b');
  expect(listeners()).toBe(0);
});

test('a signal that is not known has nothing to remove', () => {
  signals.remove(signal, 'a');
  expect(listeners()).toBe(0);
});

test('signals know nothing of each other', () => {
  const other = new AbortController();
  signals.add(signal, 'a');
  signals.add(other.signal, 'b');
  signals.remove(signal, 'b');
  signals.remove(other.signal, 'a');
  expect([listeners(), listeners(other.signal)]).toEqual([1, 1]);
  other.abort('other');
  expect(aborted).toEqual([{ jobs: ['b'], reason: 'other' }]);
  controller.abort('first');
  expect(aborted[1]).toEqual({ jobs: ['a'], reason: 'first' });
});

test('jobs may be removed while their signal is reported', () => {
  const ended: string[] = [];
  const settling = new Signals<string>((jobs) => {
    for (const job of jobs) {
      settling.remove(signal, job);
      ended.push(job);
    }
  });
  for (const job of ['a', 'b', 'c']) settling.add(signal, job);
  controller.abort();
  expect(ended).toEqual(['a', 'b', 'c']);
  expect(listeners()).toBe(0);
});
