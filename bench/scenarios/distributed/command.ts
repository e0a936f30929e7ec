/**
 * Runs `millrace bench distributed`: measures jobs over a NATS server on this machine, with one serving process
 * and with two.
 *
 * Method: each measurement has a server, serving processes and a submitting process of its own. It applies three
 * loads, one after the other: as many no-ops as possible; one at a time; and submitters that wait for room in a
 * full stream.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scenario, Surroundings } from '../../harness/scenario.js';
import { type Figure, figureOf } from '../../harness/figures.js';
import { checkFilter } from '../../harness/filter.js';
import { describeLimits } from '../../harness/limits.js';
import { comparisonOptions, windowOptions } from '../../harness/options.js';
import { measureRounds } from '../../harness/rounds.js';
import { readOptions, UsageError } from '../../options/flags.js';
import { optionTable } from '../../options/table.js';
import { builtFile } from '../../process/built-file.js';
import { measureFresh } from '../../process/fresh-process.js';
import type { ScenarioResult } from '../../report/bench-file.js';
import { type Document, type NamedFigure, named, spreadRow, text } from '../../report/document.js';
import { formatCount, formatDuration, formatFigure } from '../../report/format.js';
import { missingServer } from './nats-server.js';
import type { DistributedReply, DistributedRequest } from './program.js';

const PROGRAM = builtFile('bench/scenarios/distributed/program.js');
const POINTS = [1, 2] as const;
/** Overhead of a measurement: starting the server, the processes and their threads. */
const START_MS = 2000;
const GRACE_MS = 60_000;

const { rounds, seed, filter } = comparisonOptions(3);
const OPTIONS = optionTable({
  'in-flight': {
    kind: 'number',
    min: 1,
    max: 10_000,
    isWhole: true,
    default: 256,
    meaning: 'jobs in flight for the throughput',
  },
  rounds,
  seed,
  filter: { ...filter, meaning: "only '1 node' or '2 nodes'" },
  ...windowOptions({ windowMs: 2000, warmUpMs: 1000 }),
});

interface DistributedSettings {
  readonly inFlight: number;
  readonly rounds: number;
  readonly seed: number;
  readonly windowMs: number;
  readonly warmUpMs: number;
  readonly filter?: string;
}

/** The metrics of a point, in the order of the table. */
type Measure = 'perSecond' | 'p50Ms' | 'p99Ms' | 'waitP99Ms' | 'impliedWaitMs';
const MEASURES: Readonly<Record<Measure, (reply: DistributedReply) => number>> = {
  perSecond: ({ perSecond }) => perSecond,
  p50Ms: ({ latency }) => latency.p50,
  p99Ms: ({ latency }) => latency.p99,
  waitP99Ms: ({ wait }) => wait.p99,
  impliedWaitMs: ({ impliedWaitMs }) => impliedWaitMs,
};

interface DistributedPoint extends Readonly<Record<Measure, Figure>> {
  readonly nodes: number;
}

interface DistributedResult extends ScenarioResult {
  readonly settings: DistributedSettings;
  readonly points: readonly DistributedPoint[];
}

/** The scenario with one and two serving processes. */
export const distributed: Scenario<DistributedSettings, DistributedResult> = {
  name: 'distributed',
  summary: 'jobs over a local NATS server: throughput, latency and waiting, 1 and 2 nodes',
  options: OPTIONS,
  settings(flags) {
    const values = readOptions(flags, OPTIONS);
    checkFilter(POINTS.map(nameOf), values.filter);
    return {
      ...(values.filter !== undefined && { filter: values.filter }),
      inFlight: values['in-flight'],
      rounds: values.rounds,
      seed: values.seed,
      windowMs: values['window-ms'],
      warmUpMs: values['warm-up-ms'],
    };
  },
  async check() {
    const missing = missingServer();
    if (missing !== undefined) throw new UsageError(missing);
  },
  measure: measureDistributed,
  describe: describeDistributed,
  figures: ({ points }) => points.flatMap(figuresOf),
};

async function measureDistributed(
  settings: DistributedSettings,
  surroundings: Surroundings,
): Promise<DistributedResult> {
  const startedAt = new Date().toISOString();
  const { inFlight, windowMs, warmUpMs } = settings;
  const totalMs = START_MS + warmUpMs + 3.5 * windowMs;
  const measurements = await measureRounds<number, 'millrace', DistributedReply>(
    {
      ...settings,
      points: POINTS,
      arms: ['millrace'],
      secondsEach: totalMs / 1000,
      describe: nameOf,
      measure: async (nodes) => {
        const folder = mkdtempSync(join(tmpdir(), 'millrace-nats-'));
        const load = { nodes, inFlight, windowMs, warmUpMs };
        const request: DistributedRequest = { kind: 'measure', folder, ...load };
        try {
          const limitMs = totalMs + GRACE_MS;
          return await measureFresh(PROGRAM, request, { limitMs, signal: surroundings.signal });
        } finally {
          // The server was killed just now and may still be writing.
          rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
        }
      },
      isStable: (reply) => reply.isStable,
    },
    surroundings,
  );
  return {
    scenario: 'distributed',
    startedAt,
    isInterrupted: measurements.isInterrupted,
    settings,
    failures: measurements.failures,
    points: POINTS.flatMap((nodes) => {
      const figures = Object.entries(MEASURES).map(
        ([measure, pick]) =>
          [measure, figureOf(measurements.series(nodes, 'millrace', pick))] as const,
      );
      if (figures.some(([, figure]) => figure === undefined)) return [];
      return [{ nodes, ...Object.fromEntries(figures) } as unknown as DistributedPoint];
    }),
  };
}

function nameOf(nodes: number): string {
  return nodes === 1 ? '1 node' : `${nodes} nodes`;
}

function describeDistributed(result: DistributedResult): Document {
  const title = 'Distributed: jobs over a NATS server on this machine';
  const { points, settings } = result;
  const spreads = points.map(({ perSecond }) => perSecond);
  const limits = describeLimits(spreads, result).map((line) => text(line));
  const [first] = points;
  if (first === undefined) return { title, blocks: limits };
  return {
    title,
    blocks: [
      text(
        `With ${nameOf(first.nodes)} ${formatCount(first.perSecond.median)} no-ops per second go through one stream; one at a ` +
          `time takes ${formatDuration(first.p50Ms.median)}.`,
        'point',
      ),
      text(
        `Of the submitters that wait for room 99 % wait up to ${formatDuration(first.waitP99Ms.median)}; the service time ` +
          `alone implies ${formatDuration(first.impliedWaitMs.median)} on average.`,
        'point',
      ),
      ...limits,
      text(`Medians of the rounds, with min–max below them; ${settings.inFlight} jobs in flight.`),
      {
        kind: 'table',
        groups: [
          { title: 'max', columns: 1 },
          { title: 'one at a time (ms)', columns: 2 },
          { title: 'waiting for room (ms)', columns: 2 },
        ],
        head: ['serving', 'jobs/s', 'p50', 'p99', 'p99', 'implied'],
        rows: points.map((point) =>
          spreadRow(
            nameOf(point.nodes),
            (Object.keys(MEASURES) as Measure[]).map((measure) => point[measure]),
            formatFigure,
          ),
        ),
      },
      text(
        'The server stores on disk and shares the CPUs with all processes. Waiting: 4 submitters with 16 waiters each, jobs of ' +
          '5 ms, 4 slots for each node, room for 20 jobs.',
        'faint',
      ),
    ],
  };
}

function figuresOf(point: DistributedPoint): NamedFigure[] {
  const where = nameOf(point.nodes);
  return [
    named(point.perSecond, `${where}: jobs`, 'perSecond', 'more'),
    named(point.p50Ms, `${where}: latency p50`, 'milliseconds', 'less'),
    named(point.p99Ms, `${where}: latency p99`, 'milliseconds', 'less'),
    named(point.waitP99Ms, `${where}: wait for room p99`, 'milliseconds', 'less'),
  ];
}
