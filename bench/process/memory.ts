/**
 * Another process's memory, seen from outside: its resident set (RSS).
 *
 * Invariant: on Linux nothing of the watched process takes part, so that it is measured also while
 * its main thread is stuck. Elsewhere what the process last reported of itself has to do.
 */
import { readFileSync } from 'node:fs';

/** The resident set of a process and its highest value so far, in bytes. */
export interface Resident {
  readonly bytes: number;
  readonly peakBytes: number;
}

/** What the kernel says of a process; undefined where it can't tell or the process has ended. */
export function readResident(pid: number): Resident | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Reads `VmRSS` and `VmHWM` (both in units of 1024 bytes) in a text like /proc/self/status. */
export function parseStatus(text: string): Resident | undefined {
  const kilobytes = (field: string) => {
    const [, digits] = text.match(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm')) ?? [];
    return digits === undefined ? undefined : Number(digits) * 1024;
  };
  const bytes = kilobytes('VmRSS');
  return bytes === undefined ? undefined : { bytes, peakBytes: kilobytes('VmHWM') ?? bytes };
}
