/**
 * How many threads this process may really use.
 *
 * Node 20's `availableParallelism` knows the processor affinity but not a container's CPU quota;
 * with a quota of 2 on a 64-core host it answers 64. So the quota is read here, from cgroup v2
 * (`cpu.max`) or v1 (`cpu.cfs_quota_us`), the tightest of the process's group and its parents.
 *
 * Invariant: a quota counts as libuv counts it, and with it Node from 22 on (`uv_available_parallelism`
 * in its `src/unix/core.c`), so that every version of Node gives the same number of threads.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * The default number of threads: one less than the processors at hand, as the main thread needs one.
 *
 * @returns A whole number of at least 1.
 */
export function defaultThreads(): number {
  const quota = process.platform === 'linux' ? cpuQuota() : undefined;
  return threadsFor(availableParallelism(), quota);
}

/**
 * The threads for so many processors, of which a quota may be used.
 *
 * A quota is rounded down, as libuv does: what is used beyond it throttles all threads, the main one
 * too. Below 1 libuv ignores it; here it counts as 1.
 */
export function threadsFor(processors: number, quota: number = Infinity): number {
  return Math.max(1, Math.min(processors, Math.floor(quota)) - 1);
}

/**
 * The CPU quota of this process in processors (1.5 is one and a half), or undefined without one.
 *
 * @param read - Returns a file's text, or undefined where it can't be read. Default: the file's own.
 */
export function cpuQuota(
  read: (path: string) => string | undefined = readText,
): number | undefined {
  let tightest: number | undefined;
  for (const line of read('/proc/self/cgroup')?.split('\n') ?? []) {
    const [, controllers, path] = line.match(/^\d+:([^:]*):(.*)$/) ?? [];
    if (path === undefined || controllers === undefined) continue;
    const isV2 = controllers === '';
    if (!isV2 && !controllers.split(',').includes('cpu')) continue;
    const mount = isV2 ? '/sys/fs/cgroup' : '/sys/fs/cgroup/cpu';
    for (const folder of withParents(path)) {
      const quota = isV2
        ? quotaV2(read(`${mount}${folder}/cpu.max`))
        : quotaV1(
            read(`${mount}${folder}/cpu.cfs_quota_us`),
            read(`${mount}${folder}/cpu.cfs_period_us`),
          );
      if (quota !== undefined) tightest = Math.min(tightest ?? Infinity, quota);
    }
  }
  return tightest;
}

/** '/a/b' gives '/a/b', '/a' and ''. Inside a container the group's own folder is often mounted as the root. */
function withParents(path: string): string[] {
  const folders = [''];
  for (const part of path.split('/').filter((name) => name !== '' && name !== '..')) {
    folders.unshift(`${folders[0]}/${part}`);
  }
  return folders;
}

function quotaV2(text: string | undefined): number | undefined {
  const [quota, period] = text?.trim().split(' ') ?? [];
  return quota === 'max' ? undefined : quotient(quota, period);
}

function quotaV1(quota: string | undefined, period: string | undefined): number | undefined {
  return quotient(quota, period);
}

function quotient(quota: string | undefined, period: string | undefined): number | undefined {
  const processors = Number(quota) / Number(period);
  return processors > 0 && Number.isFinite(processors) ? processors : undefined;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
