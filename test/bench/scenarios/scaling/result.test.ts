import { describe, expect, test } from 'vitest';
import { Measurements } from '../../../../bench/harness/rounds.js';
import { perSecondAt, type ScalingLaw } from '../../../../bench/math/scalability.js';
import type { OverheadReply } from '../../../../bench/scenarios/overhead/program.js';
import type { JobKind } from '../../../../bench/scenarios/overhead/settings.js';
import { describeScaling, scalingFigures } from '../../../../bench/scenarios/scaling/report.js';
import {
  kindResult,
  type KindResult,
  type ScalingMeasurements,
  type ScalingResult,
} from '../../../../bench/scenarios/scaling/result.js';
import { scalingSettings } from '../../../../bench/scenarios/scaling/settings.js';
import { drawConclusions } from '../../../../bench/scenarios/scaling/verdict.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain, widthOf } from '../../../../bench/report/terminal/paint.js';

const KIND: JobKind = { name: '100us', title: 'Jobs of 100 µs', job: 'work', us: 100 };

/** Measurements of one thread, two threads and so on, each with its rounds. */
function measured(rates: ReadonlyArray<readonly number[]>): ScalingMeasurements {
  const measurements: ScalingMeasurements = new Measurements<JobKind, number, OverheadReply>();
  for (const [at, rounds] of rates.entries()) {
    for (const [round, perSecond] of rounds.entries()) {
      const throughput = { jobs: 1, seconds: 1, perSecond, cpuUsPerJob: 110, isStable: true };
      const reply: OverheadReply = { kind: 'measured', throughput };
      measurements.add({ round: round + 1, point: KIND, arm: at + 1, reply });
    }
  }
  return measurements;
}

function kindOf(rates: ReadonlyArray<readonly number[]>, processors: number): KindResult {
  const threads = rates.map((_, at) => at + 1);
  return kindResult(KIND, threads, processors, measured(rates));
}

function byLaw(contention: number, coherency: number, threads: number): number[][] {
  const law: ScalingLaw = { perSecond: 10_000, contention, coherency };
  return Array.from({ length: threads }, (_, at) => [perSecondAt(law, at + 1)]);
}

test('efficiency is taken within rounds', () => {
  const { points } = kindOf(
    [
      [100, 200],
      [150, 400],
    ],
    2,
  );
  expect(points[0]?.efficiency?.rounds).toEqual([1, 1]);
  expect(points[1]?.efficiency).toEqual({ median: 0.875, min: 0.75, max: 1, rounds: [0.75, 1] });
  expect(points[1]?.jobsPerSecond.median).toBe(275);
});

test('the laws are fitted to what has a processor for every thread, and to nothing else', () => {
  const six = byLaw(0.05, 0.01, 6);
  const { amdahl, usl } = kindOf([...six.slice(0, 4), [1], [1]], 4);
  expect(usl?.contention).toBeCloseTo(0.05, 9);
  expect(usl?.coherency).toBeCloseTo(0.01, 9);
  expect(usl?.worstMiss).toBeCloseTo(0, 9);
  expect(usl?.peakThreads).toBeCloseTo(Math.sqrt(0.95 / 0.01), 6);
  expect(amdahl?.contention).toBeGreaterThan(0.05);
  expect(amdahl).not.toHaveProperty('peakThreads');
  expect(kindOf(six, 3)).not.toHaveProperty('usl');
  expect(kindOf(six, 3)).toHaveProperty('amdahl');
  expect(kindOf(six, 2)).not.toHaveProperty('amdahl');
});

describe('what limits it', () => {
  test.each([
    {
      what: 'contention',
      rates: byLaw(0.2, 0.001, 4),
      processors: 4,
      says: 'Contention limits it (σ = 0.2): with 4 threads on 4 CPUs each does 62.0 % of what one does alone',
    },
    {
      what: 'coherency',
      rates: byLaw(0.01, 0.05, 4),
      processors: 4,
      says: 'Coherency limits it (κ = 0.05): with 4 threads on 4 CPUs each does 61.3 %',
    },
    {
      what: 'the processors',
      rates: byLaw(0.01, 0.001, 4),
      processors: 4,
      says: 'The number of CPUs limits it: with 4 threads on 4 CPUs each does 96.0 %',
    },
    {
      what: 'nothing, with processors left over',
      rates: byLaw(0.01, 0.001, 4),
      processors: 8,
      says: 'Nothing limits it up to here: with 4 threads on 8 CPUs each does 96.0 %',
    },
    {
      what: 'the processors, by two points',
      rates: [[1000], [1900]],
      processors: 2,
      says: 'The number of CPUs limits it: with 2 threads on 2 CPUs each does 95.0 %',
    },
    {
      what: 'what two points cannot tell',
      rates: [[1000], [1500]],
      processors: 2,
      says: 'What limits it is unknown, as there are too few points: with 2 threads on 2 CPUs each does 75.0 %',
    },
    {
      what: 'rounds on both sides',
      rates: [
        [1000, 1000, 1000],
        [1950, 1200, 1900],
      ],
      processors: 2,
      says: 'What limits it is unknown, as the rounds differ too much: with 2 threads on 2 CPUs each does 95.0 % of what one does alone, but anything from 60.0 % to 97.5 % in single rounds.',
    },
    {
      what: 'one thread only',
      rates: [[1000]],
      processors: 1,
      says: 'There is nothing to compare: that takes measurements with 1 and 2 threads or more.',
    },
  ])('$what', ({ rates, processors, says }) => {
    expect(drawConclusions(kindOf(rates, processors), processors)[0]).toContain(says);
  });

  test('with too few points for a fit that is said, and there is none', () => {
    const few = 'Too few points for a fit: ';
    expect(drawConclusions(kindOf(byLaw(0.1, 0, 2), 2), 2)[1]).toBe(
      `${few}Amdahl's law takes 3 and the Universal Scalability Law 4, with a CPU for every thread; there are 2.`,
    );
    expect(drawConclusions(kindOf(byLaw(0.1, 0, 3), 3), 3)[1]).toBe(
      `${few}the Universal Scalability Law 4, with a CPU for every thread; there are 3.`,
    );
  });

  test('both laws are told with how far they miss', () => {
    const [, amdahl, usl] = drawConclusions(kindOf(byLaw(0.25, 0, 4), 4), 4);
    expect(amdahl).toBe(
      "Amdahl's law fits best with 25.0 % of the work serial, so that no number of threads does more than 4.00 times what one does; it misses no value by more than 0.0 %.",
    );
    expect(usl).toMatch(/contention σ of 0\.25 and a coherency κ of \S+; it/);
    const jagged = drawConclusions(kindOf([[100], [400], [100], [400]], 4), 4);
    expect(jagged.join(' ')).toContain("so don't rely on it");
  });

  test('more threads than processors are told, with what their figures are worth', () => {
    const more = kindOf([[1000], [1900], [2090], [2000]], 2);
    expect(drawConclusions(more, 2).at(-1)).toBe(
      'More threads than CPUs do up to 110.0 % of what 2 do, with 3: one has a job while another waits for the next, or it is noise. No law is fitted to them.',
    );
    const less = kindOf([[1000], [1900], [1710], [1600]], 2);
    expect(drawConclusions(less, 2).at(-1)).toBe(
      'More threads than CPUs add nothing: at most 90.0 % of what 2 do, with 3. No law is fitted to them.',
    );
  });
});

describe('the report', () => {
  const result = (kinds: readonly KindResult[], processors: number): ScalingResult => ({
    scenario: 'scaling',
    startedAt: '2025-01-01T00:00:00.000Z',
    isInterrupted: false,
    settings: scalingSettings(new Map()),
    workPerUs: 1,
    processors,
    kinds,
    failures: [],
  });

  test('keeps to 80 columns, with many threads and large figures too', () => {
    const large = byLaw(0.02, 0.001, 16).map(([rate = 0]) => [rate * 99, rate * 101, rate * 140]);
    const lines = renderDocument(describeScaling(result([kindOf(large, 16)], 16)), plain);
    expect(lines).toContain('Jobs of 100 µs');
    for (const line of lines) expect.soft(widthOf(line), line).toBeLessThanOrEqual(80);
  });

  test('has the ideal line and the law as references beside what was measured', () => {
    const { blocks } = describeScaling(result([kindOf(byLaw(0.1, 0.01, 4), 4)], 4));
    const curves = blocks.find((block) => block.kind === 'curves');
    expect(curves?.series.map(({ name, isReference }) => [name, isReference])).toEqual([
      ['measured', undefined],
      ['ideal', true],
      ['Universal Scalability Law', true],
    ]);
    const [measuredCurve, ideal, law] = curves?.series ?? [];
    expect(ideal?.points).toEqual([
      [1, 10_000],
      [2, 20_000],
      [3, 30_000],
      [4, 40_000],
    ]);
    for (const [at, [threads, perSecond]] of (measuredCurve?.points ?? []).entries()) {
      expect(law?.points[at]?.[0]).toBe(threads);
      expect(law?.points[at]?.[1]).toBeCloseTo(perSecond, 3);
    }
  });

  test('the figures have the threads and the constants of the laws', () => {
    const names = scalingFigures(result([kindOf(byLaw(0.1, 0.01, 4), 4)], 4)).map(
      ({ name, unit }) => `${name} (${unit})`,
    );
    expect(names).toContain('100us, 4 threads (perSecond)');
    expect(names).toContain('100us, 4 threads: efficiency (percent)');
    expect(names.slice(-3)).toEqual([
      '100us: Amdahl, σ (ratio)',
      '100us: USL, σ (ratio)',
      '100us: USL, κ (ratio)',
    ]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('where nothing was measured there is no table', () => {
    const { blocks } = describeScaling(result([kindOf([], 2)], 2));
    expect(blocks).toEqual([]);
  });
});
