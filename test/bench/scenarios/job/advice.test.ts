import { describe, expect, test } from 'vitest';
import {
  advise,
  backlogBytes,
  backlogJobs,
  chooseSlots,
  defaultP99Ms,
  rateByCurve,
  roundDown,
} from '../../../../bench/scenarios/job/advice.js';
import { rateForP99Wait } from '../../../../bench/scenarios/job/queueing.js';
import { figure, inputs, loaded, MB, saturated, service } from './figures.js';

const chosen = saturated(2, 200);
const loads = [
  loaded(0.5, figure(30, 40)),
  loaded(0.8, figure(80, 100)),
  loaded(0.95, figure(300, 400)),
  loaded(1.2, figure(50)),
];

describe('the slots', () => {
  test('are the fewest that do nearly as much as the best', () => {
    expect(chooseSlots([saturated(1, 100), saturated(2, 196), saturated(4, 200)])).toMatchObject({
      threads: 2,
    });
    expect(chooseSlots([saturated(1, 100), saturated(2, 180), saturated(4, 200)])).toMatchObject({
      threads: 4,
    });
  });

  test('are those with fewer threads, then with fewer jobs at once', () => {
    const all = [saturated(2, 200, 64), saturated(1, 200, 64), saturated(1, 199, 16)];
    expect(chooseSlots(all)).toMatchObject({ threads: 1, concurrency: 16 });
  });

  test('are none where nothing was measured', () => {
    expect(chooseSlots([])).toBeUndefined();
  });
});

describe('the backlog', () => {
  test('holds what drains within the wanted p99 less the p99 of the service time', () => {
    expect(backlogJobs(120, service, chosen)).toBe(20);
    expect(backlogJobs(20, service, chosen)).toBe(0);
  });

  test('has bytes for the mean charge and three deviations of the sum, in steps of 64 KB', () => {
    // 100 × 1512 + 3 × 10 × 100 = 154,200
    expect(backlogBytes(100, inputs)).toBe(3 * 64 * 1024);
    expect(backlogBytes(0, { ...inputs, maxChargeBytes: 65_537 })).toBe(2 * 64 * 1024);
  });
});

describe('the rate by the measured latencies', () => {
  test('lies where the worst p99 crosses the wanted one, on a log scale', () => {
    // Half of the way from ln 40 to ln 100.
    expect(rateByCurve(loads, Math.sqrt(40 * 100))).toEqual({
      ratePerSecond: expect.closeTo(130, 6) as number,
      how: 'between two loads',
    });
  });

  test('is the highest load below the saturation where all hold', () => {
    expect(rateByCurve(loads, 400)?.ratePerSecond).toBe(190);
  });

  test('is half of the lowest where none holds', () => {
    expect(rateByCurve(loads, 39)?.ratePerSecond).toBe(50);
  });

  test('is none where no load was measured', () => {
    expect(rateByCurve([], 100)).toBeUndefined();
    expect(rateByCurve([loaded(1.2, figure(50))], 100)).toBeUndefined();
  });
});

describe('advice', () => {
  const advice = advise({ wantedP99Ms: 120, service, inputs, chosen, loads });

  test('has every setting', () => {
    expect(advice).toMatchObject({
      kind: 'advised',
      settings: {
        threads: 2,
        concurrency: 1,
        backlog: { jobs: 20, bytes: 64 * 1024 },
        // runMs: ten times the longest of fewer than a thousand jobs.
        timeouts: { queueMs: 100, runMs: 300 },
      },
      // The most below the saturation and a quarter, and the bytes of the backlog twice.
      expectedPeakBytes: 125 * MB + 2 * 64 * 1024,
    });
  });

  test('says a rule for each of them and for the rate', () => {
    const rules = advice.kind === 'advised' ? advice.rules : [];
    expect(rules.map(({ setting, value }) => `${setting} = ${value}`)).toEqual([
      'threads = 2',
      'concurrency = 1',
      'backlog.jobs = 20',
      'backlog.bytes = 64 KB',
      'timeout.queueMs = 100',
      'timeout.runMs = 300',
      'rate = 150/s',
    ]);
    expect(rules[2]?.why).toContain('Little');
    expect(rules[6]?.why).toContain('Allen and Cunneen');
  });

  test('promises the lower of what the formula and the measured latencies say', () => {
    const byFormula = rateForP99Wait({ slots: 2, saturationPerSecond: 200, variation: 1 }, 100);
    // M/M/2: between 83 ms at 150 and 106 ms at 160 per second.
    expect(roundDown(byFormula)).toBe(150);
    // Measured: at ln 120 between ln 100 (160 per second) and ln 400 (190), so at 163.9.
    expect(advice).toMatchObject({ ratePerSecond: 150 });
    const steeper = [loaded(0.5, figure(30)), loaded(0.8, figure(480))];
    // Half of the way from ln 30 to ln 480.
    expect(advise({ wantedP99Ms: 120, service, inputs, chosen, loads: steeper })).toMatchObject({
      ratePerSecond: 130,
    });
    const alone = advise({ wantedP99Ms: 120, service, inputs, chosen, loads: [] });
    expect(alone).toMatchObject({ ratePerSecond: 150 });
  });

  test('for less than the job itself takes is none, with the reason', () => {
    const none = advise({ wantedP99Ms: 20, service, inputs, chosen, loads });
    expect(none).toEqual({
      kind: 'impossible',
      wantedP99Ms: 20,
      reason:
        "A p99 of 20.0 ms can't be met: the job alone takes 20.0 ms (p99), before any wait. No " +
        'setting of a pool makes a job faster; make the job shorter, or want more time.',
    });
  });
});

test('what is wanted by default is ten times the p99 of the service time, at least 10 ms', () => {
  expect(defaultP99Ms(service)).toBe(200);
  expect(defaultP99Ms({ ...service, time: { ...service.time, p99: 0.3 } })).toBe(10);
});

test.each([
  [0, 0],
  [-3, 0],
  [0.1234, 0.12],
  [9.99, 9.9],
  [10, 10],
  [163.9, 160],
  [98_765, 98_000],
])('%f is promised as %f', (rate, promise) => {
  expect(roundDown(rate)).toBe(promise);
});
