import { expect, test } from 'vitest';
import { judgedByDefault, type MetricName } from '../../../../bench/gate/model/metrics.js';
import { judgementOf } from '../../../../bench/gate/model/thresholds.js';

const byDefault: ReadonlySet<MetricName> = new Set(judgedByDefault(true));

const config = { thresholds: { cpu: { minEffect: 0.1 }, p99: {}, throughput: false } } as const;

test.each([
  { what: 'the defaults', metric: 'cpu', all: {}, own: {}, expected: [true, 0.03, 0.05] },
  { what: 'advice as it is', metric: 'p50', all: {}, own: {}, expected: [false, 0.03, 0.05] },
  {
    what: 'advice that is named',
    metric: 'p99',
    all: config,
    own: {},
    expected: [true, 0.03, 0.05],
  },
  {
    what: 'judged, made advice',
    metric: 'throughput',
    all: config,
    own: {},
    expected: [false, 0.03, 0.05],
  },
  { what: 'a minimum alone', metric: 'cpu', all: config, own: {}, expected: [true, 0.1, 1 / 6] },
  {
    what: 'a minimum of nothing alone',
    metric: 'cpu',
    all: { thresholds: { cpu: { minEffect: 0 } } },
    own: {},
    expected: [true, 0, 0.05],
  },
  {
    what: 'a maximum alone',
    metric: 'cpu',
    all: { thresholds: { cpu: { maxEffect: 0.02 } } },
    own: {},
    expected: [true, 0.012, 0.02],
  },
  {
    what: 'a scenario of its own, not mixed',
    metric: 'cpu',
    all: config,
    own: { thresholds: { cpu: { maxEffect: 0.5 } } },
    expected: [true, 0.3, 0.5],
  },
  {
    what: 'a scenario that makes advice of it',
    metric: 'cpu',
    all: config,
    own: { thresholds: { cpu: false } },
    expected: [false, 0.03, 0.05],
  },
] as const)('$what', ({ metric, all, own, expected: [isJudged, min, max] }) => {
  const judgement = judgementOf(metric, byDefault.has(metric), all, own);
  expect(judgement.isJudged).toBe(isJudged);
  expect(judgement.minEffect).toBeCloseTo(min, 12);
  expect(judgement.maxEffect).toBeCloseTo(max, 12);
});
