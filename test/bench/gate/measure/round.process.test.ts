/** Measures rounds in real processes; checks their shape, not their speed. */
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import {
  measureRound,
  type RoundTiming,
  type Arm,
  type ArmName,
} from '../../../../build/bench/gate/measure/round.js';
import { firstDifference } from '../../../../build/bench/gate/measure/answers.js';
import { inspect } from '../../../../build/bench/gate/find/inspection.js';
import type { WorkloadSpec } from '../../../../build/bench/gate/model/workload.js';
import { randomFrom } from '../../../../build/bench/math/random.js';
import { isAlive, processesOf } from '../../../helpers/processes.js';

// Rounds are slow on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const folder = fileURLToPath(new URL('../../../fixtures/gate/', import.meta.url));
const url = (name: string): string =>
  new URL(`../../../fixtures/gate/${name}`, import.meta.url).href;
const library = new URL('../../../../build/src/index.js', import.meta.url).href;

const timing: RoundTiming = { blocks: 2, blockMs: 30, warmUpMs: 30, limitMs: 60_000 };
const job: WorkloadSpec = {
  kind: 'pool',
  module: url('jobs.mjs'),
  name: 'square',
  input: { kind: 'values', values: [1, 2, 3] },
  threads: 1,
  load: { kind: 'closed', inFlight: 4 },
  library,
};

/** Surroundings that record which processes are watched and how many are released. */
function watching() {
  const pids: number[] = [];
  let forgotten = 0;
  const abort = new AbortController();
  return {
    pids,
    abort,
    get forgotten() {
      return forgotten;
    },
    surroundings: {
      random: randomFrom(1),
      signal: abort.signal,
      watch: async (pid: number) => {
        pids.push(pid);
        return async () => {
          forgotten += 1;
        };
      },
    },
  };
}

function arms(specs: Partial<Record<ArmName, WorkloadSpec>>): Arm[] {
  return Object.entries(specs).map(([name, spec]) => ({
    name: name as ArmName,
    directory: folder,
    spec,
  }));
}

test('a round has every block of every side, and leaves no process', async () => {
  const watch = watching();
  const round = await measureRound(
    arms({ base: job, control: job, head: job }),
    timing,
    true,
    watch.surroundings,
  );
  for (const name of ['base', 'control', 'head'] as const) {
    const side = round[name];
    expect(side?.blocks).toHaveLength(2);
    for (const block of side?.blocks ?? []) {
      expect(block.cpu).toBeGreaterThan(0);
      expect(block.throughput).toBeGreaterThan(0);
      expect(block.p99).toBeGreaterThanOrEqual(block.p50 as number);
      expect(block.messages).toBeGreaterThanOrEqual(0);
    }
    expect(side?.whole.rss).toBeGreaterThan(1e7);
    expect(side?.references.spin).toBeGreaterThan(0);
    expect(side?.answers?.map(({ input }) => input)).toEqual(['#1', '#2', '#3']);
  }
  expect(round.head?.answers).toEqual(round.base?.answers);
  expect(watch.pids).toHaveLength(3);
  expect(watch.forgotten).toBe(3);
  expect(watch.pids.filter(isAlive)).toEqual([]);
});

test.each([
  ['an open load', { kind: 'open', perSecond: 500, backlog: 8 }, ['p50', 'refused', 'throughput']],
  ['a paced load', { kind: 'paced', everyMs: 2 }, ['p50', 'cpu']],
] as const)('%s', async (_, load, metrics) => {
  const round = await measureRound(
    arms({ head: { ...job, load } }),
    timing,
    true,
    watching().surroundings,
  );
  expect(Object.keys(round)).toEqual(['head']);
  expect(Object.keys(round.head?.blocks[0] ?? {})).toEqual(expect.arrayContaining([...metrics]));
});

test('a pool that refuses everything but a few says how much', async () => {
  const spin = new URL('../../../../build/bench/jobs/cpu.js', import.meta.url).href;
  const { head } = await measureRound(
    arms({
      head: {
        ...job,
        module: spin,
        name: 'spin',
        input: { kind: 'values', values: [20_000] },
        load: { kind: 'open', perSecond: 1000, backlog: 0 },
      },
    }),
    timing,
    true,
    watching().surroundings,
  );
  expect(head?.blocks[0]?.refused).toBeGreaterThan(0.5);
});

test('results that differ have different fingerprints', async () => {
  const { base, head } = await measureRound(
    arms({ base: job, head: { ...job, input: { kind: 'values', values: [1, 2, 4] } } }),
    timing,
    true,
    watching().surroundings,
  );
  expect(firstDifference(base?.answers, head?.answers)).toMatchObject({ input: '#3' });
});

test('a task of tinybench, with its own hooks', async () => {
  const task: WorkloadSpec = { kind: 'task', module: url('parse.bench.mjs'), task: 'parse' };
  const { head } = await measureRound(arms({ head: task }), timing, true, watching().surroundings);
  expect(head?.blocks).toHaveLength(2);
  expect(head?.blocks[0]?.throughput).toBeGreaterThan(0);
  // Less than the duration of the whole block.
  expect(head?.blocks[0]?.cpu).toBeLessThan(30);
  expect(head?.answers).toBeUndefined();
});

test.each([
  ['a job that fails', { ...job, name: 'broken' }, /no such page/],
  [
    'a task that fails',
    { kind: 'task', module: url('parse.bench.mjs'), task: 'fails' },
    /task failed/,
  ],
  ['a task that is not there', { kind: 'task', module: url('parse.bench.mjs'), task: 'x' }, /'x'/],
  ['a library that is not there', { ...job, library: `${library}x` }, /process of base ended/],
] as const)('%s ends the round with the reason', async (_, spec, reason) => {
  const watch = watching();
  const round = measureRound(arms({ base: spec, head: job }), timing, true, watch.surroundings);
  await expect(round).rejects.toThrow(reason);
  expect(watch.pids.filter(isAlive)).toEqual([]);
});

test('a process that does not answer in time is ended', async () => {
  const spin = new URL('../../../../build/bench/jobs/cpu.js', import.meta.url).href;
  const stuck: WorkloadSpec = {
    ...job,
    module: spin,
    name: 'spin',
    input: { kind: 'values', values: [60_000_000] },
  };
  const watch = watching();
  const round = measureRound(
    arms({ head: stuck }),
    { ...timing, limitMs: 2000 },
    false,
    watch.surroundings,
  );
  await expect(round).rejects.toThrow("No response to 'warmUp' within 2 s.");
  expect(watch.pids.filter(isAlive)).toEqual([]);
});

test('what a job has started ends with its process, and holds nobody up', async () => {
  const watch = watching();
  const spawning: WorkloadSpec = { ...job, module: url('spawner.mjs'), name: 'one' };
  const mark = `mark-${process.pid}-${Date.now()}`;
  vi.stubEnv('MARK', mark);
  await measureRound(arms({ head: spawning }), timing, false, watch.surroundings);
  vi.unstubAllEnvs();
  expect(watch.forgotten).toBe(1);
  expect(processesOf(mark)).toEqual([]);
});

test('an interruption ends the processes of the round', async () => {
  const watch = watching();
  const round = measureRound(arms({ base: job, head: job }), timing, true, {
    ...watch.surroundings,
    watch: async (pid) => {
      const forget = await watch.surroundings.watch(pid);
      if (watch.pids.length === 2) watch.abort.abort();
      return forget;
    },
  });
  await expect(round).rejects.toThrow();
  expect(watch.pids).toHaveLength(2);
  expect(watch.pids.filter(isAlive)).toEqual([]);
});

test.each([
  ['jobs.mjs', ['square', 'random', 'broken', 'default'], undefined],
  ['jobs.cjs', ['square'], undefined],
  ['compiled.bench.cjs', [], ['parse']],
  ['parse.bench.mjs', ['counts'], ['parse', 'fails']],
])('what %s exports', async (name, functions, tasks) => {
  const found = await inspect(url(name), folder, watching().surroundings);
  expect(found.functions.toSorted()).toEqual(functions.toSorted());
  expect(found.tasks).toEqual(tasks);
});
