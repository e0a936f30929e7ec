import { expect, test } from 'vitest';
import { reportAgainst } from '../../../../bench/gate/judge/baseline.js';
import { figuresOf } from '../../../../bench/gate/judge/evidence.js';
import type { GateReport } from '../../../../bench/gate/model/report.js';
import type { Round } from '../../../../bench/gate/measure/round.js';
import { DEFAULT_THRESHOLDS } from '../../../../bench/gate/model/thresholds.js';
import { Trial } from '../../../../bench/gate/judge/trial.js';
import { randomFrom } from '../../../../bench/math/random.js';
import { run } from '../../../helpers/runs.js';
import { REPORTS } from '../report/reports.js';
import { side } from './rounds.js';
import { DEFAULT_LOOKS } from '../../../../bench/gate/model/looks.js';

const { environment } = run([]);

/** Ten rounds of one side. `machine` slows everything by this factor, the reference work included. */
function rounds(
  seed: number,
  { cpu = 1, machine = 1, spin = 1 }: { cpu?: number; machine?: number; spin?: number } = {},
): Round[] {
  const random = randomFrom(seed);
  const noise = (): number => 1 + 0.02 * (random() - 0.5);
  return Array.from({ length: 10 }, () => {
    const slow = machine * noise();
    return {
      head: side([{ cpu: cpu * slow * noise(), throughput: 1000 / (cpu * slow * noise()) }], {
        whole: { rss: 5e7 * noise() },
        references: { spin: 10 * slow * spin, memory: 8 * slow, messages: 12 * noise() },
      }),
    };
  });
}

function stored(before: readonly Round[], changes: Partial<GateReport> = {}): GateReport {
  const [scenario] = REPORTS.pass.scenarios;
  if (scenario === undefined) throw new Error('There is no scenario.');
  return {
    ...REPORTS.pass,
    environment,
    scenarios: [{ ...scenario, name: 'render', rounds: before.map(figuresOf) }],
    ...changes,
  };
}

function compare(report: GateReport, now: readonly Round[], where = environment) {
  const trial = new Trial({
    name: 'render',
    arms: [],
    timing: { blocks: 1, blockMs: 1, warmUpMs: 1, limitMs: 1 },
    looks: DEFAULT_LOOKS,
    limitSeconds: 90,
    judged: new Map([
      ['cpu', DEFAULT_THRESHOLDS],
      ['throughput', DEFAULT_THRESHOLDS],
    ]),
    mayDiffer: false,
  });
  for (const round of now) trial.add(round, 1000);
  return reportAgainst({ path: 'baseline.json', report }, trial, where);
}

test.each([
  { what: 'the same', now: {}, verdict: 'pass' },
  { what: 'a machine that is 8 % slower', now: { machine: 1.08 }, verdict: 'pass' },
  { what: 'faster code', now: { cpu: 0.8 }, verdict: 'pass' },
  { what: 'code that is 20 % slower', now: { cpu: 1.2 }, verdict: 'fail' },
  { what: 'the same on a slower machine', now: { cpu: 1.2, machine: 1.08 }, verdict: 'fail' },
  // With a base this would fail; a measurement from another time proves less.
  { what: 'code that is 6 % slower', now: { cpu: 1.06 }, verdict: 'pass' },
  { what: 'a machine that is 15 % slower', now: { machine: 1.15 }, verdict: 'incomparable' },
  { what: 'one kind of work that drifted', now: { spin: 0.85 }, verdict: 'incomparable' },
])('$what: $verdict', ({ now, verdict }) => {
  const report = compare(stored(rounds(1)), rounds(2, now));
  expect(report.verdict).toBe(verdict);
  expect(report.reason).not.toBe('');
});

test('a fail says which metric, by how much, and against which size', () => {
  const { reason, metrics } = compare(stored(rounds(1)), rounds(2, { cpu: 1.2 }));
  expect(reason).toMatch(/^Regression against the baseline: CPU per job (19|20|21)\.\d % more/);
  expect(metrics.find(({ metric }) => metric === 'cpu')).toMatchObject({
    verdict: 'fail',
    minEffect: 0.09,
    isJudged: true,
  });
  expect(metrics.find(({ metric }) => metric === 'rss')?.isJudged).toBe(false);
});

test.each([
  ['cpu', 'another'],
  ['processors', 64],
  ['node', 'v99.0.0'],
  ['platform', 'plan9'],
] as const)('another %s is another environment', (key, value) => {
  const report = compare(stored(rounds(1)), rounds(2), { ...environment, [key]: value });
  expect(report.verdict).toBe('incomparable');
  expect(report.reason).toContain('from another environment');
});

test('another patch of the same Node is not', () => {
  const [major] = environment.node.split('.');
  const report = compare(stored(rounds(1)), rounds(2), { ...environment, node: `${major}.99.1` });
  expect(report.verdict).toBe('pass');
});

test('a scenario that the baseline does not have is new', () => {
  const report = compare(stored(rounds(1), { scenarios: [] }), rounds(2));
  expect(report).toMatchObject({ verdict: 'new' });
  expect(report.reason).toContain("'baseline.json' has no such scenario");
});

test('a baseline without reference work can not be compared', () => {
  const before = rounds(1).map(({ head }) => ({ head: head && { ...head } }) as Round);
  const report = stored(before);
  const bare = report.scenarios.map((scenario) =>
    Object.assign({}, scenario, { rounds: scenario.rounds.map(({ head }) => ({ head })) }),
  );
  expect(compare({ ...report, scenarios: bare }, rounds(2)).verdict).toBe('incomparable');
});
