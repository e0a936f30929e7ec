/**
 * Reads the memory of another process from outside: its resident set (RSS).
 *
 * Invariant: on Linux the watched process does not take part, so it can be measured even while its main thread is
 * blocked. Elsewhere the last value that the process reported itself has to do.
 */
import { readFileSync } from 'node:fs';

/** The current and the peak resident set of a process, in bytes. */
export interface Resident {
  readonly bytes: number;
  readonly peakBytes: number;
}

/** Reads the kernel's values for a process; undefined if there are none or the process has ended. */
export function readResident(pid: number): Resident | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Parses `VmRSS` and `VmHWM` (both in units of 1024 bytes) in a text like /proc/self/status. */
export function parseStatus(text: string): Resident | undefined {
  const kilobytes = (field: string) => {
    const [, digits] = text.match(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm')) ?? [];
    return digits === undefined ? undefined : Number(digits) * 1024;
  };
  const bytes = kilobytes('VmRSS');
  return bytes === undefined ? undefined : { bytes, peakBytes: kilobytes('VmHWM') ?? bytes };
}
