/**
 * Runs one task of a file that exports a tinybench `Bench`, block by block.
 *
 * Invariants: the task is run by the tinybench that its file imports, with its own hooks; only the duration of a run,
 * its min number of calls and `throws` are set. CPU time is that of the calls with their hooks: tinybench's own
 * statistics, which grow with the number of calls, begin after `teardown`.
 */
import type { Bench, Task } from 'tinybench';
import type { Figures } from '../model/metrics.js';
import type { TaskSpec, Warmth, Workload } from '../model/workload.js';

/** Loads the file. @throws Error if it has no such task, or one that can't be compared */
export async function startTaskWorkload({ module, task }: TaskSpec): Promise<Workload> {
  const bench = benchOf((await import(module)) as Record<string, unknown>);
  const found = bench?.tasks.find(({ name }) => name === task);
  if (bench === undefined || found === undefined) throw new Error(`There is no task '${task}'.`);
  if (bench.concurrency === 'task') {
    throw new Error(
      "A Bench with 'concurrency: task' can't be compared: its throughput is not that of its calls.",
    );
  }
  if (typeof found.result?.state !== 'string') {
    throw new Error("The Bench is from a tinybench older than version 6, which can't be compared.");
  }
  return new TaskWorkload(bench, found);
}

/** The `Bench` of a module: its default export or `bench`; recognized by its methods, not by its class. */
export function benchOf(module: Record<string, unknown>): Bench | undefined {
  const { default: own, bench } = module;
  // Compilers write `exports.default`, which Node shows as a field of the default export.
  const compiled = typeof own === 'object' && own !== null ? Object.entries(own) : [];
  const fields = compiled.flatMap(([name, value]) =>
    name === 'default' || name === 'bench' ? [value as unknown] : [],
  );
  return [own, bench, ...fields].find(isBench);
}

function isBench(value: unknown): value is Bench {
  if (typeof value !== 'object' || value === null) return false;
  const { tasks, add, run } = value as Partial<Bench>;
  return Array.isArray(tasks) && typeof add === 'function' && typeof run === 'function';
}

/** tinybench declares the settings read-only. */
type Settings = { -readonly [Key in keyof Bench]: Bench[Key] };

class TaskWorkload implements Workload {
  readonly #settings: Settings;
  readonly #task: Task;
  #from: NodeJS.CpuUsage | undefined;
  #cpuMs = 0;

  constructor(bench: Bench, task: Task) {
    this.#settings = bench;
    this.#task = task;
    const { setup, teardown } = bench;
    Object.assign(this.#settings, {
      iterations: 1,
      throws: true,
      setup: async (...args: Parameters<typeof setup>) => {
        await setup.apply(bench, args);
        this.#from = process.cpuUsage();
      },
      teardown: async (...args: Parameters<typeof teardown>) => {
        const { user, system } = process.cpuUsage(this.#from);
        this.#cpuMs = (user + system) / 1000;
        await teardown.apply(bench, args);
      },
    } satisfies Partial<Settings>);
  }

  async warmUp(ms: number): Promise<Warmth> {
    const { throughput } = await this.block(ms);
    return { perSecond: throughput ?? 0 };
  }

  async block(ms: number): Promise<Figures> {
    this.#settings.time = ms;
    this.#task.reset();
    await this.#task.run();
    const { result } = this.#task;
    if (result.state !== 'completed') {
      throw new Error(`The task '${this.#task.name}' did not complete: ${result.state}.`);
    }
    const { mean, p50, p99, samplesCount } = result.latency;
    return { cpu: this.#cpuMs / samplesCount, throughput: 1000 / mean, p50, p99 };
  }
}
