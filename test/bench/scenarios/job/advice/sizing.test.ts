import { describe, expect, test } from 'vitest';
import {
  backlogBytes,
  backlogJobs,
  chooseSlots,
  defaultP99Ms,
} from '../../../../../bench/scenarios/job/advice/sizing.js';
import { inputs, saturated, service } from '../figures.js';

describe('the slots', () => {
  test('are the fewest that do nearly as much as the best', () => {
    expect(chooseSlots([saturated(1, 100), saturated(2, 196), saturated(4, 200)])).toMatchObject({
      threads: 2,
    });
    expect(chooseSlots([saturated(1, 100), saturated(2, 180), saturated(4, 200)])).toMatchObject({
      threads: 4,
    });
  });

  test('are those with fewer threads, then with fewer jobs at once', () => {
    const all = [saturated(2, 200, 64), saturated(1, 200, 64), saturated(1, 199, 16)];
    expect(chooseSlots(all)).toMatchObject({ threads: 1, concurrency: 16 });
  });

  test('are none where nothing was measured', () => {
    expect(chooseSlots([])).toBeUndefined();
  });
});

describe('the backlog', () => {
  test('holds what drains within the wanted p99 less the p99 of the service time', () => {
    expect(backlogJobs(120, service, saturated(2, 200))).toBe(20);
    expect(backlogJobs(20, service, saturated(2, 200))).toBe(0);
  });

  test('has bytes for the mean charge and three deviations of the sum, in steps of 64 KB', () => {
    // 100 × 1512 + 3 × 10 × 100 = 154,200
    expect(backlogBytes(100, inputs)).toBe(3 * 64 * 1024);
    expect(backlogBytes(0, { ...inputs, maxChargeBytes: 65_537 })).toBe(2 * 64 * 1024);
  });
});

test('what is wanted by default is ten times the p99 of the service time, at least 10 ms', () => {
  expect(defaultP99Ms(service)).toBe(200);
  expect(defaultP99Ms({ ...service, time: { ...service.time, p99: 0.3 } })).toBe(10);
});
