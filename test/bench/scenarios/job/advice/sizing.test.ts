import { describe, expect, test } from 'vitest';
import {
  backlogBytes,
  backlogJobs,
  defaultP99Ms,
} from '../../../../../bench/scenarios/job/advice/sizing.js';
import { inputs, saturated, service } from '../figures.js';

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
