import { expect, test } from 'vitest';
import { describeBusy, memoryLimit, readEnvironment } from '../../../bench/process/environment.js';

test('what is read is complete, and limits are below what the machine has', () => {
  const { cpuQuota = 1, memoryLimitBytes = 1, ...environment } = readEnvironment();
  expect(environment.node).toBe(process.version);
  expect(environment.processors).toBeGreaterThanOrEqual(1);
  expect(cpuQuota).toBeGreaterThan(0);
  expect(memoryLimitBytes).toBeLessThan(environment.memoryBytes);
  expect(environment.loadAverage).toBeGreaterThanOrEqual(0);
});

test.each([
  { constrained: undefined, limit: undefined },
  { constrained: 0, limit: undefined },
  { constrained: 2 ** 64, limit: undefined },
  { constrained: 8000, limit: undefined },
  { constrained: 7999, limit: 7999 },
])('of 8,000 bytes constrained to $constrained the limit is $limit', ({ constrained, limit }) => {
  expect(memoryLimit(constrained, 8000)).toBe(limit);
});

test.each([
  { loadAverage: 1, processors: 2, says: undefined },
  { loadAverage: 0.6, processors: 1, says: 'a load average of 0.60 on 1 CPU.' },
  { loadAverage: 1.01, processors: 2, says: 'a load average of 1.01 on 2 CPUs.' },
])('a load of $loadAverage on $processors', ({ says, ...environment }) => {
  const sentence = says && `The machine was busy when the run began: ${says}`;
  expect(describeBusy(environment)).toBe(sentence);
});
