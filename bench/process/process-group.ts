/**
 * Ends a process group: a process that was started `detached`, and its descendants.
 *
 * Invariants: the promise resolves when no process of the group runs any more (except one that hangs in the kernel,
 * which no signal reaches); no other group gets a signal. A process that has created a group of its own has left this
 * one and is not reached. POSIX only: does nothing on Windows.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The signals that end a group, with their time limits: first some time to clean up, which git makes use of. */
const STEPS = [
  { signal: 'SIGTERM', limitMs: 2000 },
  { signal: 'SIGKILL', limitMs: 5000 },
] as const;
const POLL_MS = 20;

/**
 * Ends a group and waits until it is gone; does nothing if it is gone already.
 *
 * @param group - The id of the process that was started `detached`.
 * @throws RangeError if it is no valid id: 0 and 1 would mean this process's group and all processes.
 */
export async function endGroup(group: number): Promise<void> {
  if (!Number.isSafeInteger(group) || group <= 1) {
    throw new RangeError(`'${group}' is not a process group; valid is a whole number from 2.`);
  }
  for (const { signal, limitMs } of STEPS) {
    const deadline = performance.now() + limitMs;
    signalGroup(group, signal);
    while (performance.now() < deadline) {
      if (!isRunning(group)) return;
      await delay(POLL_MS);
    }
  }
}

function isRunning(group: number): boolean {
  return signalGroup(group, 0) && !isDead(group);
}

/** Signals all processes of a group. False if none is left, and on Windows, which has no groups. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  if (process.platform === 'win32') return false;
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    // ESRCH; or EPERM, which macOS reports if only zombies are left in the group.
    return false;
  }
}

/**
 * Whether all processes of a group are zombies. On Linux zombies can still be signaled, and they stay if the first
 * process of a container does not reap orphans.
 */
function isDead(group: number): boolean {
  if (!existsSync('/proc/self/stat')) return false;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .every((pid) => {
      // After the name, which may contain any character: state, parent, group (proc(5)).
      const [state, , own] = readStat(pid).split(') ').at(-1)?.split(' ') ?? [];
      return Number(own) !== group || state === 'Z';
    });
}

/** Returns an empty text if the process is gone by now. */
function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
