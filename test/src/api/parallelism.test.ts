import { expect, test } from 'vitest';
import { cpuQuota, defaultThreads, threadsFor } from '../../../src/api/parallelism.js';

const files = (contents: Record<string, string>) => (path: string) => contents[path];

test.each([
  ['no cgroup', {}, undefined],
  [
    'v2 without a quota',
    { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': 'max 100000\n' },
    undefined,
  ],
  ['v2', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '150000 100000\n' }, 1.5],
  [
    'v2 with the tighter quota on a parent',
    {
      '/proc/self/cgroup': '0::/app/web\n',
      '/sys/fs/cgroup/app/web/cpu.max': '400000 100000',
      '/sys/fs/cgroup/app/cpu.max': '200000 100000',
    },
    2,
  ],
  [
    'v1',
    {
      '/proc/self/cgroup': '5:memory:/docker/x\n3:cpu,cpuacct:/docker/x\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '50000',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
    },
    0.5,
  ],
  [
    'v1 without a quota',
    {
      '/proc/self/cgroup': '3:cpu:/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
    },
    undefined,
  ],
])('reads the CPU quota: %s', (_, contents, quota) => {
  expect(cpuQuota(files(contents))).toBe(quota);
});

test.each([
  [1, undefined, 1],
  [2, undefined, 1],
  [8, undefined, 7],
  [8, 0.5, 1],
  [8, 1.5, 1],
  [8, 2.5, 1],
  [8, 2.99, 1],
  [8, 3, 2],
  [8, 3.5, 2],
  [4, 16, 3],
])('rounds a quota down, as Node does from 22 on: %i processors, quota %o', (...row) => {
  const [processors, quota, threads] = row;
  expect(threadsFor(processors, quota)).toBe(threads);
});

test('always gives a whole number of threads, at least one', () => {
  expect(Number.isInteger(defaultThreads())).toBe(true);
  expect(defaultThreads()).toBeGreaterThanOrEqual(1);
});
