/** Makes reports like those of a gate, for tests of the code that reads and renders them. */
import {
  type BudgetReport,
  type ControlReport,
  type Effect,
  GATE_SCHEMA,
  type GateReport,
  type MetricReport,
  type ScenarioReport,
  type Verdict,
} from '../../../../bench/gate/model/report.js';
import {
  type Figures,
  judgedByDefault,
  type MetricName,
  METRICS,
} from '../../../../bench/gate/model/metrics.js';
import { formatMetricEffect } from '../../../../bench/gate/model/wording.js';
import { randomFrom } from '../../../../bench/math/random.js';
import { run } from '../../../helpers/runs.js';

/** Number of rounds that the first interim analysis needs. */
const ROUNDS = 10;

/** The medians of a side, in the units of the metrics. */
const BASE: Readonly<Record<MetricName, number>> = {
  cpu: 0.0123,
  throughput: 81_230,
  p50: 0.181,
  p99: 1.92,
  rss: 131 * 1024 ** 2,
  memorySlope: 0.012,
  messages: 1.25,
  refused: 0.084,
};

/** A metric that is worse by `estimate`, with a confidence interval around that. */
export function metric(
  name: MetricName,
  estimate: number,
  changes: Partial<MetricReport> = {},
): MetricReport {
  const random = randomFrom(Math.round(BASE[name] * 1000 + estimate * 1e6));
  const spread = METRICS[name].family === 'cost' ? 0.012 : 0.024;
  const rounds = Array.from(
    { length: ROUNDS },
    () => estimate + spread * 1.7 * (random() + random() - 1),
  );
  const base = BASE[name];
  const isLess = METRICS[name].better === 'less';
  const effect: Effect = { estimate, low: estimate - spread * 0.6, high: estimate + spread * 0.7 };
  const verdict: Verdict =
    effect.low > 0.01 && estimate > 0.03 ? 'fail' : effect.high < 0.05 ? 'pass' : 'inconclusive';
  return {
    metric: name,
    isJudged: judgedByDefault(true).includes(name),
    base,
    head: isLess ? base * (1 + estimate) : base / (1 + estimate),
    effect,
    p: verdict === 'fail' ? 0.0002 : 0.43,
    minEffect: 0.03,
    maxEffect: 0.05,
    detectable: spread * 1.4,
    verdict,
    rounds,
    ...changes,
  };
}

/** A metric without a base. */
export function newMetric(name: MetricName): MetricReport {
  const isJudged = judgedByDefault(true).includes(name);
  const head = BASE[name];
  return {
    metric: name,
    isJudged,
    head,
    minEffect: 0.03,
    maxEffect: 0.05,
    verdict: 'new',
    rounds: [],
  };
}

/** A metric that can't be compared with the stored run. */
function incomparableMetric(name: MetricName): MetricReport {
  const base = BASE[name];
  const shared = { ...newMetric(name), isJudged: judgedByDefault(false).includes(name) };
  return {
    ...shared,
    base,
    head: base * 1.3,
    minEffect: 0.09,
    maxEffect: 0.15,
    verdict: 'incomparable',
  };
}

function figuresOfHead(metrics: readonly MetricReport[]): Figures {
  return Object.fromEntries(metrics.map(({ metric: name, head }) => [name, head]));
}

/** A/A checks, and reference work. */
export function controls(moved: number = 0): ControlReport[] {
  return (['cpu', 'throughput'] as const).flatMap((name) => [
    control('A/A check', name, moved),
    control('reference work', name, 0.001),
  ]);
}

function control(name: string, metricName: MetricName, estimate: number): ControlReport {
  const hasMoved = Math.abs(estimate) > 0.02;
  return {
    name,
    metric: metricName,
    effect: { estimate, low: estimate - 0.011, high: estimate + 0.012 },
    p: hasMoved ? 0.0009 : 0.62,
    hasMoved,
  };
}

/** A scenario with all metrics; it passes unless changed. */
export function scenario(name: string, changes: Partial<ScenarioReport> = {}): ScenarioReport {
  const metrics = changes.metrics ?? passing();
  return {
    name,
    verdict: 'pass',
    reason: `No regression > 5.0 % in CPU per job or > 5.0 % in throughput (${ROUNDS} rounds).`,
    stage: 'screened',
    controls: controls(),
    seconds: 44.2,
    rounds: metrics[0]?.rounds.map((_, at) => figuresOf(metrics, at)) ?? [],
    ...changes,
    metrics,
  };
}

function passing(): MetricReport[] {
  return [
    metric('cpu', 0.004),
    metric('throughput', -0.011),
    metric('p50', 0.002),
    metric('p99', 0.031),
    metric('rss', 0.006),
    metric('memorySlope', -0.12),
    metric('messages', 0),
    metric('refused', 0.018),
  ];
}

function figuresOf(metrics: readonly MetricReport[], at: number): ScenarioReport['rounds'][number] {
  const base = Object.fromEntries(metrics.map(({ metric: name }) => [name, BASE[name]]));
  const head = Object.fromEntries(
    metrics.map(({ metric: name, rounds }) => [name, BASE[name] * (1 + (rounds[at] ?? 0))]),
  );
  return { base, control: base, head };
}

/** The reason that a gate gives for a scenario that fails. */
function worse(metrics: readonly MetricReport[]): string {
  const failed = metrics.filter((each) => each.isJudged && each.verdict === 'fail');
  return `Regression in ${ROUNDS} rounds: ${failed.map(formatMetricEffect).join('; ')}.`;
}

const SLOWER = [
  metric('cpu', 0.124),
  metric('throughput', 0.137),
  metric('p50', 0.091),
  metric('p99', 0.31, { effect: { estimate: 0.31, low: -0.05, high: 0.92 } }),
  metric('rss', 0.004),
];

export const FAILING: ScenarioReport = scenario('no-op, 16 in flight', {
  verdict: 'fail',
  reason: worse(SLOWER),
  stage: 'confirmed',
  metrics: SLOWER,
});

export const INCONCLUSIVE: ScenarioReport = scenario('payload, 64 KB', {
  verdict: 'inconclusive',
  cause: 'control',
  reason:
    'A control moved as well: A/A check, CPU per job 4.1 % more (95 % CI: +3.0 to +5.3). ' +
    'The machine or the setup favors one side.',
  metrics: [
    metric('cpu', 0.028, {
      effect: { estimate: 0.028, low: -0.021, high: 0.081 },
      detectable: 0.072,
      verdict: 'inconclusive',
    }),
    metric('throughput', 0.019, { detectable: 0.103, verdict: 'pass' }),
  ],
  controls: controls(0.041),
});

const COPYING = [metric('cpu', 0.068), metric('throughput', 0.012)];

export const WAIVED: ScenarioReport = scenario('structured clone of large arrays', {
  verdict: 'waived',
  reason: worse(COPYING),
  stage: 'confirmed',
  metrics: COPYING,
  waiver: {
    reason: 'results are copied once more until the pool of buffers is back',
    until: '2026-12-31',
  },
});

const UNCOMPARED = [newMetric('cpu'), newMetric('throughput'), newMetric('p99')];

export const NEW: ScenarioReport = scenario('transfer lists', {
  verdict: 'new',
  reason: 'Base has no such scenario: measured, not judged.',
  stage: 'single',
  metrics: UNCOMPARED,
  controls: [],
  rounds: Array.from({ length: 3 }, () => ({ head: figuresOfHead(UNCOMPARED) })),
});

/** A scenario compared with a stored run of another machine. */
export const INCOMPARABLE: ScenarioReport = scenario('startup', {
  verdict: 'incomparable',
  reason:
    "The baseline is from another environment: cpu 'Another processor' and not 'A processor'. " +
    'Store a new one here with --json.',
  stage: 'single',
  metrics: [incomparableMetric('cpu'), incomparableMetric('p50')],
  controls: [],
  rounds: Array.from({ length: ROUNDS }, () => ({
    head: figuresOfHead([incomparableMetric('cpu'), incomparableMetric('p50')]),
    references: { spin: 0.51, memory: 1.94, messages: 0.83 },
    checksum: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  })),
});

/** A scenario of which one process failed. */
const UNMEASURABLE: ScenarioReport = scenario('payload, 64 KB', {
  verdict: 'inconclusive',
  reason: 'It could not be measured. The process of head failed: no page',
  stage: 'single',
  metrics: [],
  controls: [],
  rounds: [],
});

export const LONG: ScenarioReport = scenario(
  './benchmarks/documents/jobs.js#renderTheWholeDocumentWithAllOfItsFootnotesAndTables, 256 in flight, inputs of all sizes',
);

const RATIO: BudgetReport = {
  name: 'no-op jobs at 256 in flight: millrace ÷ piscina',
  verdict: 'pass',
  reason:
    "'no-op jobs at 256 in flight: millrace ÷ piscina' is 15.3 (14.1 to 16.2 in 5 rounds), which meets the " +
    'limit: min 5.00.',
  value: { median: 15.3, min: 14.1, max: 16.2 },
  unit: 'ratio',
  atLeast: 5,
};

const GROWTH: BudgetReport = {
  name: 'growth of memory under overload',
  verdict: 'fail',
  reason:
    "'growth of memory under overload' is 14.2 % (12.1 % to 15.5 % in 3 rounds), which breaks the limit: " +
    'max 10.0 %.',
  value: { median: 0.142, min: 0.121, max: 0.155 },
  unit: 'percent',
  atMost: 0.1,
};

export const BUDGETS: readonly BudgetReport[] = [
  RATIO,
  GROWTH,
  {
    name: 'p99 of answers at half of the capacity',
    verdict: 'waived',
    reason:
      "'p99 of answers at half of the capacity' is 9.10 ms (8.70 ms to 9.40 ms in 3 rounds), which breaks the " +
      'limit: max 8.00 ms.',
    value: { median: 9.1, min: 8.7, max: 9.4 },
    unit: 'milliseconds',
    atMost: 8,
    waiver: { reason: 'the runner is shared', until: '2026-11-30' },
  },
  {
    name: 'bytes of a thread that waits',
    verdict: 'inconclusive',
    reason: "'bytes of a thread that waits': the run was interrupted before it was measured.",
    unit: 'bytes',
    atLeast: 1,
    atMost: 4 * 1024 ** 2,
  },
];

/** A budget that was not measured and whose unit is unknown. */
export const UNKNOWN: BudgetReport = {
  name: 'messages of a job',
  verdict: 'inconclusive',
  reason: "'messages of a job': the run was interrupted before it was measured.",
  atMost: 4,
};

/** A gate of the given scenarios; it passes unless changed. */
export function report(
  scenarios: readonly ScenarioReport[],
  changes: Partial<GateReport> = {},
): GateReport {
  const { environment, startedAt } = run([]);
  return {
    schema: GATE_SCHEMA,
    command: 'millrace gate --base main --seed 1785309261',
    startedAt,
    seconds: 132,
    environment,
    base: { ref: 'main', commit: '7290fa03a9e35c4ab9bb0c4d0ba0a5c6f3cd9d1e' },
    head: { ref: 'HEAD', commit: 'd6c45c5f0a7d7f4df4b7dfb0a5b5a8f4e1f7d2c3' },
    verdict: 'pass',
    exitCode: 0,
    isStrict: false,
    isInterrupted: false,
    scenarios,
    budgets: [],
    notes: [],
    ...changes,
  };
}

/** The report of a gate that compares nothing with a base. */
function withoutSides({ base: _base, head: _head, ...rest }: GateReport): GateReport {
  return rest;
}

const BUSY = 'The machine was busy when the run began: a load average of 3.10 on 2 CPUs.';

/** One report of every kind, by name. */
export const REPORTS = {
  pass: report([scenario('no-op, 16 in flight'), scenario('no-op, 256 in flight')]),
  fail: report([FAILING, scenario('no-op, 256 in flight'), INCONCLUSIVE, WAIVED, NEW, LONG], {
    verdict: 'fail',
    exitCode: 2,
    environment: run([], { loadAverage: 3.1 }).environment,
    budgets: BUDGETS,
    notes: [
      BUSY,
      "The waiver of scenario 'startup' expired on 2026-01-01: it reads its modules twice",
    ],
  }),
  one: report([FAILING], { verdict: 'fail', exitCode: 2 }),
  strict: report([INCONCLUSIVE, scenario('no-op, 256 in flight')], {
    verdict: 'inconclusive',
    exitCode: 3,
    isStrict: true,
  }),
  interrupted: report([scenario('no-op, 16 in flight')], {
    verdict: 'inconclusive',
    isInterrupted: true,
  }),
  unmeasured: report([UNMEASURABLE, scenario('no-op, 16 in flight')], {
    verdict: 'inconclusive',
    exitCode: 1,
  }),
  excused: report([WAIVED, NEW], { isStrict: true }),
  budgets: withoutSides(report([], { budgets: [RATIO, UNKNOWN], verdict: 'inconclusive' })),
  baseline: report([INCOMPARABLE], {
    base: { ref: 'baseline.json', commit: '7290fa03a9e35c4ab9bb0c4d0ba0a5c6f3cd9d1e' },
    head: { ref: 'this folder' },
    verdict: 'inconclusive',
  }),
  nothing: withoutSides(
    report([], { verdict: 'inconclusive', exitCode: 3, isStrict: true, isInterrupted: true }),
  ),
} as const satisfies Record<string, GateReport>;
