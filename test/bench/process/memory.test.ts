import { expect, test } from 'vitest';
import { parseStatus, readResident } from '../../../bench/process/memory.js';

test('reads the resident set and its peak in kilobytes', () => {
  const status = 'Name:\tnode\nVmPeak:\t  900000 kB\nVmHWM:\t   2048 kB\nVmRSS:\t   1024 kB\n';
  expect(parseStatus(status)).toEqual({ bytes: 1024 ** 2, peakBytes: 2 * 1024 ** 2 });
});

test('a process that is ending has no memory any more', () => {
  expect(parseStatus('Name:\tnode\nState:\tZ (zombie)\n')).toBeUndefined();
});

test.runIf(process.platform === 'linux')('sees this process from outside', () => {
  const resident = readResident(process.pid);
  expect(resident?.bytes).toBeGreaterThan(10 * 1024 ** 2);
  expect(resident?.peakBytes).toBeGreaterThanOrEqual(resident?.bytes as number);
});

test('a process that does not exist has none', () => {
  expect(readResident(2 ** 30)).toBeUndefined();
});
