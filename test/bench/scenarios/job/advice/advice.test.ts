import { describe, expect, test } from 'vitest';
import { advise } from '../../../../../bench/scenarios/job/advice/advice.js';
import { rateForP99Wait } from '../../../../../bench/scenarios/job/advice/queueing.js';
import { roundDown } from '../../../../../bench/scenarios/job/advice/rate.js';
import { figure, inputs, loaded, MB, saturated, saturatedIn, service } from '../figures.js';

const chosen = saturated(2, 200);
const loads = [
  loaded(0.5, figure(30, 40)),
  loaded(0.8, figure(80, 100)),
  loaded(0.95, figure(300, 400)),
  loaded(1.2, figure(50)),
];

const measured = { wantedP99Ms: 120, service, inputs, chosen, comparisons: [], loads };

describe('advice', () => {
  const advice = advise(measured);

  test('has every setting', () => {
    expect(advice).toMatchObject({
      kind: 'advised',
      settings: {
        threads: 2,
        concurrency: 1,
        backlog: { jobs: 20, bytes: 64 * 1024 },
        // runMs is ten times the longest time, as there are fewer than a thousand jobs.
        timeouts: { queueMs: 100, runMs: 300 },
      },
      // The peak below saturation plus a quarter, plus twice the bytes of the backlog.
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
    // M/M/2: the p99 of the wait is 83 ms at 150 per second and 106 ms at 160.
    expect(roundDown(byFormula)).toBe(150);
    // Measured: ln 120 lies between ln 100 (160 per second) and ln 400 (190), so at 163.9.
    expect(advice).toMatchObject({ ratePerSecond: 150 });
    const steeper = [loaded(0.5, figure(30)), loaded(0.8, figure(480))];
    // Halfway from ln 30 to ln 480.
    expect(advise({ ...measured, loads: steeper })).toMatchObject({
      ratePerSecond: 130,
    });
    const alone = advise({ ...measured, loads: [] });
    expect(alone).toMatchObject({ ratePerSecond: 150 });
  });

  test('is refused on a machine that was not steady, whatever is wanted', () => {
    const unsteady = saturatedIn(2, [190, 1021, 200, 990]);
    for (const wantedP99Ms of [20, 120]) {
      expect(advise({ ...measured, wantedP99Ms, chosen: unsteady })).toMatchObject({
        kind: 'unsteady',
        steadiness: { measurements: 7, min: 190, max: 1021, isSteady: false },
      });
    }
  });

  test('for less than the job itself takes is none, with the reason', () => {
    const none = advise({ ...measured, wantedP99Ms: 20 });
    expect(none).toEqual({
      kind: 'impossible',
      wantedP99Ms: 20,
      reason:
        "A p99 of 20.0 ms can't be met: the job alone takes 20.0 ms (p99), before any wait. No " +
        'setting of a pool makes a job faster; make the job shorter, or choose a longer --p99.',
    });
  });
});
