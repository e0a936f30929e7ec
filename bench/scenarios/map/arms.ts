/**
 * The ways of running a job for each item of a source that `bench map` compares: this library's `map`, and what is written
 * or installed around Piscina.
 *
 * Invariant: every arm gives the results in the order of the items, and has as many jobs in flight as all the others.
 */
import { Readable } from 'node:stream';
import { Pool } from '../../../src/index.js';
import { PEERS } from '../../peers/index.js';
import { type ExperimentJob, type ExperimentJobs, JOB_MODULE } from '../../peers/jobs.js';
import { installedVersion } from '../../process/installation.js';

export const ARM_NAMES = [
  'millrace',
  'piscina, own loop',
  'piscina, p-map',
  'piscina, Readable.map',
  'piscina, streaming-iterables',
] as const;

export type ArmName = (typeof ARM_NAMES)[number];

/** In flight in every arm: what this library takes by itself for short jobs. */
const IN_FLIGHT = 256;

/** A running arm. */
export interface RunningArm {
  /** Runs a job for each item, in their order. */
  map(source: Iterable<number>): AsyncIterable<number>;
  stop(): Promise<void>;
}

type Run = (input: number) => PromiseLike<number>;
type MapOver = (source: Iterable<number>, run: Run) => AsyncIterable<number>;

/** The package that an arm needs beside this one and Piscina. */
const PACKAGES: Readonly<Partial<Record<ArmName, string>>> = {
  'piscina, p-map': 'p-map',
  'piscina, streaming-iterables': 'streaming-iterables',
};

/** How each of the others maps over a source. */
const OTHERS: Readonly<Record<Exclude<ArmName, 'millrace'>, () => Promise<MapOver>>> = {
  'piscina, own loop': async () => ownLoop,
  'piscina, p-map': async () => {
    const { pMapIterable } = await import('p-map');
    return (source, run) =>
      pMapIterable(source, async (item) => run(item), { concurrency: IN_FLIGHT });
  },
  'piscina, Readable.map': async () => (source, run) =>
    Readable.from(source, { highWaterMark: IN_FLIGHT }).map((item) => run(item as number), {
      concurrency: IN_FLIGHT,
    }) as AsyncIterable<number>,
  'piscina, streaming-iterables': async () => {
    const { parallelMap } = await import('streaming-iterables');
    return (source, run) => parallelMap(IN_FLIGHT, async (item) => run(item), source);
  },
};

/** Tells what can be run here from what is not installed. */
export function sortArms(names: readonly ArmName[]): { installed: ArmName[]; missing: string[] } {
  const packageOf = (name: ArmName): string | undefined => PACKAGES[name];
  const isMissing = (name: ArmName): boolean => {
    const library = packageOf(name);
    return library !== undefined && installedVersion(library) === undefined;
  };
  return {
    installed: names.filter((name) => !isMissing(name)),
    missing: names.filter(isMissing).flatMap((name) => packageOf(name) ?? []),
  };
}

/** The versions of what the arms are made of. */
export function armVersions(names: readonly ArmName[]): Record<string, string> {
  const libraries = ['piscina', ...names.flatMap((name) => PACKAGES[name] ?? [])];
  return Object.fromEntries(libraries.map((each) => [each, installedVersion(each) ?? 'unknown']));
}

export async function startArm(
  name: ArmName,
  job: ExperimentJob,
  threads: number,
): Promise<RunningArm> {
  if (name === 'millrace') {
    const pool = new Pool<ExperimentJobs>(JOB_MODULE, { threads });
    await pool.ready();
    return { map: (source) => pool.map(job, source), stop: async () => void (await pool.close()) };
  }
  const mapOver = await OTHERS[name]();
  const options = { threads, job, inFlight: IN_FLIGHT, favour: 'throughput' } as const;
  const { run, stop } = await PEERS.piscina.start(options);
  return { map: (source) => mapOver(source, run), stop };
}

/** The loop that one writes by hand: so many calls at a time, awaited in their order. */
async function* ownLoop(source: Iterable<number>, run: Run): AsyncGenerator<number> {
  const calls: Array<PromiseLike<number>> = Array.from({ length: IN_FLIGHT });
  let [started, delivered] = [0, 0];
  for (const item of source) {
    if (started - delivered === IN_FLIGHT) {
      yield await (calls[delivered % IN_FLIGHT] as PromiseLike<number>);
      delivered += 1;
    }
    calls[started % IN_FLIGHT] = run(item);
    started += 1;
  }
  for (; delivered < started; delivered += 1) {
    yield await (calls[delivered % IN_FLIGHT] as PromiseLike<number>);
  }
}
