import { describe, expect, test } from 'vitest';
import { NO_LATENCIES } from '../../../../bench/load/latencies.js';
import {
  Goodput,
  warmUpSeconds,
  windowSeconds,
} from '../../../../bench/scenarios/service/goodput.js';
import type { ServiceTally } from '../../../../bench/scenarios/service/server/messages.js';

const STARTED_US = 5e6;

function tally(atSeconds: number, completed: number): ServiceTally {
  return {
    atUs: STARTED_US + atSeconds * 1e6,
    accepted: completed,
    refused: 0,
    completed,
    failed: 0,
    completion: NO_LATENCIES,
  };
}

describe('goodput of an arm of 16 s: 4 s of warm-up, windows of 2 s', () => {
  test('windows begin after the warm-up, and each ends at the first count after its time', () => {
    const goodput = new Goodput(16);
    const counts = [
      [-1, 0],
      [3.9, 1000],
      [4, 1050],
      [5, 2000],
      [6, 3050],
      [7.9, 3500],
      [8.5, 4050],
      [10.4, 9000],
    ] as const;
    for (const [at, completed] of counts) goodput.note(tally(at, completed), STARTED_US);
    expect(goodput.windows).toEqual([1000, 400]);
    expect(goodput.perSecond).toBe(700);
  });

  test('a short disturbance does not count', () => {
    const goodput = new Goodput(16);
    let completed = 0;
    for (let at = 0; at <= 16; at += 0.5) {
      goodput.note(tally(at, completed), STARTED_US);
      completed += at === 8 ? 0 : 500;
    }
    expect(goodput.windows.length).toBe(6);
    expect(goodput.perSecond).toBe(1000);
  });

  test('counts that come after the last window that was asked for add none', () => {
    const goodput = new Goodput(16, 2);
    for (let at = 0; at <= 16; at += 1) goodput.note(tally(at, at * 100), STARTED_US);
    expect(goodput.windows).toEqual([100, 100]);
  });

  test('before the load has started, and within the warm-up, there is none', () => {
    const goodput = new Goodput(16);
    for (const at of [1, 5, 9]) goodput.note(tally(at, at), Infinity);
    for (const at of [1, 2, 3.9]) goodput.note(tally(at, at), STARTED_US);
    expect(goodput.windows).toEqual([]);
    expect(goodput.perSecond).toBeUndefined();
  });
});

test('short arms have a short warm-up and short windows, of which three always fit', () => {
  for (const seconds of [1, 2, 8, 16, 18, 600]) {
    const needed = warmUpSeconds(seconds) + 3 * windowSeconds(seconds);
    expect(needed).toBeLessThan(seconds);
  }
  expect([warmUpSeconds(18), windowSeconds(18)]).toEqual([4, 2]);
  expect([warmUpSeconds(2), windowSeconds(2)]).toEqual([0.5, 0.25]);
});
