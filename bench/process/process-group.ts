/**
 * Ends a process group: a process that was started `detached`, and all that it has started since.
 *
 * Invariants: the answer comes when no process of the group runs (one that hangs in the kernel
 * excepted, which no signal reaches); no signal goes to a group but the one that is named. A process
 * that made itself a group of its own has left, and is not reached. POSIX only: on Windows nothing happens.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** What ends a group, and how long it may take: time to tidy up at first, which git makes use of. */
const STEPS = [
  { signal: 'SIGTERM', limitMs: 2000 },
  { signal: 'SIGKILL', limitMs: 5000 },
] as const;
const POLL_MS = 20;

/**
 * Ends a group and waits until it is gone; nothing happens where it is gone already.
 *
 * @param group - The process id of the one that was started `detached`.
 * @throws RangeError where it is no such id: 0 and 1 would mean this process and all processes.
 */
export async function endGroup(group: number): Promise<void> {
  if (!Number.isSafeInteger(group) || group <= 1) {
    throw new RangeError(`'${group}' is no process group; valid is a whole number from 2.`);
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

/** Signals all of a group. False where nobody is left to hear it, and on Windows, which has no groups. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  if (process.platform === 'win32') return false;
  try {
    process.kill(-group, signal);
    return true;
  } catch {
    // ESRCH; or EPERM, which macOS says of a group of which only the dead are left.
    return false;
  }
}

/**
 * Whether all of a group are zombies. On Linux they can still be signalled, and where the first process
 * of a container takes no care of orphans, they stay.
 */
function isDead(group: number): boolean {
  if (!existsSync('/proc/self/stat')) return false;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .every((pid) => {
      // After the name, which may have any character: state, parent, group (proc(5)).
      const [state, , own] = readStat(pid).split(') ').at(-1)?.split(' ') ?? [];
      return Number(own) !== group || state === 'Z';
    });
}

/** Empty for a process that has gone meanwhile. */
function readStat(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
