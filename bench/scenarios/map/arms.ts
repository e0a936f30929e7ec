/**
 * Starts the variants of `bench map`, i.e. ways to run a job for each item of a source: this library's `map`,
 * and code around Piscina that is written by hand or comes from a package.
 *
 * Invariant: every variant delivers the results in the order of the items, with the same number of jobs in
 * flight.
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

/** Jobs in flight in every variant: this library's own choice for short jobs. */
const IN_FLIGHT = 256;

/** A running variant. */
export interface RunningArm {
  /** Runs a job for each item and yields the results in their order. */
  map(source: Iterable<number>): AsyncIterable<number>;
  stop(): Promise<void>;
}

type Run = (input: number) => PromiseLike<number>;
type MapOver = (source: Iterable<number>, run: Run) => AsyncIterable<number>;

/** The package that a variant needs in addition to this one and Piscina. */
const PACKAGES: Readonly<Partial<Record<ArmName, string>>> = {
  'piscina, p-map': 'p-map',
  'piscina, streaming-iterables': 'streaming-iterables',
};

/** How each of the other variants maps over a source. */
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

/** Separates the variants that can run here from the packages that are not installed. */
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

/** Returns the versions of the packages that the variants use. */
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

/** The loop that one would write by hand: `IN_FLIGHT` calls at a time, awaited in order. */
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
