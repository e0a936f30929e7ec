/** Makes documents of every kind that a report renders: of each scenario, of gates and of a comparison. */
import { describeGate } from '../../../bench/gate/report/describe.js';
import type { Figure } from '../../../bench/harness/figures.js';
import type { Scenario } from '../../../bench/harness/scenario.js';
import { describeRuns, reportRuns } from '../../../bench/compare/report.js';
import { NO_ENDINGS } from '../../../bench/load/endings.js';
import type { Document } from '../../../bench/report/document.js';
import { SCENARIOS } from '../../../bench/scenarios/index.js';
import { ARM_NAMES } from '../../../bench/scenarios/map/arms.js';
import { mapSettings } from '../../../bench/scenarios/map/settings.js';
import { CALLS } from '../../../bench/scenarios/calls/calls.js';
import { overheadSettings } from '../../../bench/scenarios/overhead/settings.js';
import { PAYLOAD_ARMS } from '../../../bench/scenarios/payload/arms.js';
import { payloadSettings } from '../../../bench/scenarios/payload/settings.js';
import { scalingSettings } from '../../../bench/scenarios/scaling/settings.js';
import { SPARSE_ARMS, sparseSettings } from '../../../bench/scenarios/sparse/settings.js';
import { NTH } from '../../../bench/scenarios/startup/count.js';
import { startupSettings } from '../../../bench/scenarios/startup/settings.js';
import { valuesSettings } from '../../../bench/scenarios/values/settings.js';
import { REPORTS } from '../gate/report/reports.js';
import { invokeArm, deadInvokeArm, invokeResult } from '../scenarios/invoke/results.js';
import { inputs, loaded, saturated, service, SETTINGS } from '../scenarios/job/figures.js';
import { armResult, deadArm, overloadResult } from '../scenarios/overload/results.js';
import { soakResult, windowsOf } from '../scenarios/soak/windows.js';
import { readRun } from './html/run.js';

/** A document to render, with a name for the title of its test. */
export interface NamedDocument {
  readonly name: string;
  readonly document: Document;
}

const MB = 1024 ** 2;
const PEERS = ['millrace', 'piscina', 'tinypool', 'workerpool', 'poolifier', 'ring'] as const;
const POOLS = PEERS.filter((peer) => peer !== 'ring');

/** A figure whose five rounds spread around the median. */
function around(median: number, share: number = 0.05): Figure {
  const rounds = [-1, -0.4, 0, 0.5, 1].map((each) => median * (1 + each * share));
  return { median, min: Math.min(...rounds), max: Math.max(...rounds), rounds };
}

const common = {
  startedAt: '2026-01-01T00:00:00.000Z',
  isInterrupted: false,
  failures: ['tinypool, 100 µs, 16 in flight: No response within 64.5 s.'],
  missing: ['poolifier'],
  versions: {},
};

/** Results to render, by the name of their scenario. */
const RESULTS: Readonly<Record<string, object>> = {
  overload: overloadResult([
    deadArm('thread-per-request'),
    deadArm('unbounded'),
    armResult('millrace'),
  ]),
  invoke: invokeResult([
    deadInvokeArm('fire-and-forget', 12_000),
    deadInvokeArm('unbounded', 0),
    invokeArm('millrace'),
  ]),
  soak: soakResult(
    windowsOf(
      60,
      (at) => 9000 + at * 100,
      () => ({
        completed: 9_999_999,
        latency: { count: 1, p50: 12_345, p95: 50_000, p99: 98_765.4, p999: 99_999, max: 123_456 },
      }),
    ),
  ),
  job: {
    ...common,
    settings: {
      job: { label: `./${'deep/'.repeat(20)}jobs.js#render`, module: '', path: '', name: 'render' },
      ...SETTINGS,
      advise: false,
    },
    inputs,
    service,
    saturation: [saturated(1, 100), saturated(2, 180), saturated(4, 190)],
    chosen: saturated(2, 180),
    comparisons: [],
    overloadBacklog: 20,
    loads: [loaded(0.5, around(30)), loaded(0.8, around(60)), loaded(1.2, around(90))],
    jobFailures: { count: 3, examples: [{ message: 'm'.repeat(130), input: 'a.md', count: 3 }] },
  },
  overhead: {
    ...common,
    settings: overheadSettings(new Map()),
    workPerUs: 1,
    points: overheadSettings(new Map()).jobs.flatMap(({ name, us }, kind) =>
      [1, 16, 64, 256, 1024].map((inFlight, at) => ({
        job: name,
        jobUs: us,
        inFlight,
        peers: PEERS.map((peer, rank) => ({
          peer,
          jobsPerSecond: around(987_654 / (1 + rank + at)),
          cpuUsPerJob: around(12.3),
          ...(us > 0 && { timeInJobs: around(0.9) }),
        })),
        toBestPool: { peer: 'piscina', ratio: around([15.3, 4.2, 1.02, 0.6][kind] ?? 1) },
        toRing: { peer: 'ring', ratio: around(0.8) },
      })),
    ),
  },
  tail: {
    ...common,
    settings: { threads: 2, rounds: 5 },
    saturation: POOLS.map((peer) => ({
      peer,
      jobsPerSecond: around(6000),
      shareOfCeiling: around(0.8),
    })),
    reference: 'piscina',
    loads: [0.5, 0.8].map((load) => ({
      load,
      ratePerSecond: load * 5000,
      views: (['short', 'all'] as const).flatMap((jobs) =>
        (['total', 'wait'] as const).map((until) => ({
          jobs,
          until,
          peers: POOLS.map((peer, rank) => ({
            peer,
            p50: around(0.1 * (rank + 1)),
            p95: around(2 * (rank + 1)),
            p99: around(20 * (rank + 1)),
            p999: around(400 * (rank + 1)),
            max: around(98_765),
          })),
          toBestPool: { p99: { peer: 'piscina', ratio: around(0.5) } },
        })),
      ),
      latenessP99: [{ peer: 'millrace', ms: 1.2 }],
      endings: POOLS.map((peer) =>
        Object.assign({}, NO_ENDINGS, { peer, served: 9000, refused: 12 }),
      ),
      sentShare: 0.9,
    })),
  },
  sparse: {
    ...common,
    settings: sparseSettings(new Map()),
    patterns: (['single', 'burst'] as const).map((pattern) => ({
      pattern,
      arms: SPARSE_ARMS.map((arm) => ({
        arm,
        figures: (pattern === 'single' ? ['p50'] : ['p50', 'p99', 'done']).map((measure) => ({
          measure,
          ms: around(1234.5),
          toPiscina: arm === 'piscina' ? undefined : around(0.98),
        })),
      })),
    })),
  },
  payload: {
    ...common,
    settings: payloadSettings(new Map()),
    points: payloadSettings(new Map()).ways.flatMap((way) =>
      payloadSettings(new Map()).inFlight.flatMap((inFlight) =>
        payloadSettings(new Map()).sizes.map(({ name, bytes }) => ({
          way,
          size: name,
          bytes,
          inFlight,
          arms: PAYLOAD_ARMS.map((arm) => ({ arm, jobsPerSecond: around(123_456) })),
          ratios: PAYLOAD_ARMS.filter((arm) => arm !== 'millrace').map((to) => ({
            to,
            ratio: around(1.2),
          })),
        })),
      ),
    ),
  },
  values: {
    ...common,
    settings: valuesSettings(new Map()),
    values: valuesSettings(new Map()).values.map((value, rank) => ({
      value,
      peers: PEERS.map((peer) => ({
        peer,
        jobsPerSecond: around(peer === 'millrace' ? 812_345 / (rank + 1) : 98_765 / (rank + 1)),
        cpuUsPerJob: around(3 * (rank + 1)),
      })),
      toBestPool: { peer: 'poolifier', ratio: around(8.2 - rank) },
      toRing: { peer: 'ring', ratio: around(4.1) },
    })),
  },
  startup: {
    ...common,
    settings: startupSettings(new Map()),
    peers: PEERS.map((peer, rank) => ({
      peer,
      importMs: peer === 'ring' ? undefined : around(12 + rank),
      firstResultMs: around(60 + 9 * rank),
      allThreadsMs: around(80 + 9 * rank),
      rssBytes: around(60 * MB),
    })),
    runningMs: around(30),
    toBestPool: { firstResultMs: { peer: 'piscina', ratio: around(0.9) } },
    toRing: { firstResultMs: { peer: 'ring', ratio: around(1.2) } },
    nth: NTH.map((n, rank) => ({
      n,
      peers: PEERS.map((peer) => ({ peer, ms: around(100 + 90 * rank) })),
      toBestPool: { peer: 'piscina', ratio: around(1.1 - 0.2 * rank) },
    })),
  },
  scaling: {
    ...common,
    settings: scalingSettings(new Map()),
    workPerUs: 1,
    processors: 16,
    kinds: [
      {
        job: '100us',
        title: 'Jobs of 100 µs',
        jobUs: 100,
        points: [1, 2, 4, 8, 16].map((threads) => ({
          threads,
          jobsPerSecond: around(9876 * threads ** 0.9),
          efficiency: around(threads ** -0.1),
          cpuUsPerJob: around(123.4),
        })),
        amdahl: { perSecond: 9876, contention: 0.02, coherency: 0, worstMiss: 0.03 },
        usl: {
          perSecond: 9876,
          contention: 0.02,
          coherency: 1e-4,
          worstMiss: 0.02,
          peakThreads: 99,
        },
      },
    ],
  },
  map: {
    ...common,
    settings: mapSettings(new Map()),
    kinds: ['no-op', '100us'].map((kind) => ({
      kind,
      arms: ARM_NAMES.map((arm) => ({
        arm,
        rowsPerSecond: around(123_456),
        mostHeld: around(999_999),
        growthBytes: around(1234 * MB),
      })),
      toBest: { arm: 'piscina, p-map', ratio: around(3) },
    })),
  },
  calls: {
    ...common,
    settings: { rounds: 5, seed: 1, timeMs: 300 },
    calls: CALLS.map((call) => ({ call, ms: around(0.0123) })),
  },
  depth: {
    ...common,
    settings: { jobs: 1_000_000, rounds: 3, threads: 2, seed: 1, sample: 20_000 },
    rounds: [1, 2, 3].map((each) => ({
      shallow: { submitUs: each, cancelUs: each, dispatchUs: each },
      deep: { submitUs: each, cancelUs: each, dispatchUs: each },
      longestPauseMs: 12.3,
      bytesPerJob: 321,
    })),
  },
  distributed: {
    ...common,
    settings: { inFlight: 10_000, rounds: 3, seed: 1, windowMs: 2000, warmUpMs: 1000 },
    points: [1, 2].map((nodes) => ({
      nodes,
      perSecond: around(123_456),
      p50Ms: around(1.23),
      p99Ms: around(12.3),
      waitP99Ms: around(1234),
      impliedWaitMs: around(987),
    })),
  },
  producer: {
    ...common,
    settings: { jobs: 1e6, jobBytes: 1024, warmUpJobs: 10_000, threads: 2 },
    produced: { jobs: 1e6, seconds: 12.3, baseRssBytes: 60 * MB, peakRssBytes: 71 * MB },
  },
};

/** Documents of each scenario for a large result and for the stored run. */
export function scenarioDocuments(): NamedDocument[] {
  const made = SCENARIOS.map((scenario) => {
    const result = RESULTS[scenario.name];
    if (result === undefined) throw new Error(`No result of '${scenario.name}' to render.`);
    return {
      name: scenario.name,
      document: describe(scenario, { scenario: scenario.name, ...result }),
    };
  });
  const stored = readRun().results.map((result) => ({
    name: `${result.scenario}, stored`,
    document: describe(SCENARIOS.find(({ name }) => name === result.scenario) as Scenario, result),
  }));
  return [...made, ...stored];
}

/** The documents of all scenarios, of every kind of gate and of a comparison. */
export function allDocuments(): NamedDocument[] {
  const run = readRun();
  const reports = reportRuns(
    { path: 'before.json', run },
    { path: `${'folder/'.repeat(15)}after.json`, run },
  );
  return [
    ...scenarioDocuments(),
    ...Object.entries(REPORTS).map(([name, report]) => ({
      name: `gate: ${name}`,
      document: describeGate(report),
    })),
    { name: 'compare', document: describeRuns(reports) },
  ];
}

function describe(scenario: Scenario, result: object): Document {
  return scenario.describe(result as Parameters<Scenario['describe']>[0]);
}
