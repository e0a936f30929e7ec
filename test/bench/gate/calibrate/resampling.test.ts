import { expect, test } from 'vitest';
import { DEFAULT_LOOKS } from '../../../../bench/gate/model/looks.js';
import { resample } from '../../../../bench/gate/calibrate/resampling.js';
import { DEFAULT_THRESHOLDS } from '../../../../bench/gate/model/thresholds.js';
import { noisy } from '../judge/rounds.js';

const judged = new Map([['cpu', DEFAULT_THRESHOLDS]] as const);
/** Twenty gates of ten rounds. */
function gatesOf({ deviation, bias = 0 }: { deviation: number; bias?: number }) {
  return Array.from({ length: 20 }, (_, gate) =>
    noisy(10, { deviation, seed: gate + 1, effect: gate % 2 === 0 ? bias : -bias }),
  );
}

const options = { judged, looks: DEFAULT_LOOKS, plays: 300, seed: 1 };

test('the same code hardly ever fails, and a slowdown beyond the noise nearly always', () => {
  const gates = gatesOf({ deviation: 0.024 });
  const same = resample({ ...options, gates, slowdown: 0 });
  // All interim analyses together have an error of 0.014: ten of 300 would have a probability of 1 %.
  expect(same.fail).toBeLessThan(10 / 300);
  expect(same.pass).toBeGreaterThan(0.9);
  const slower = resample({ ...options, gates, slowdown: 0.1 });
  expect(slower.fail).toBeGreaterThan(0.95);
  expect(slower.meanRounds).toBeLessThan(12);
});

test('the shares are of all plays, and the same for the same seed', () => {
  const gates = gatesOf({ deviation: 0.08 });
  const played = resample({ ...options, gates, slowdown: 0.05 });
  expect(played.fail + played.pass + played.inconclusive).toBeCloseTo(1, 12);
  expect(played.meanRounds).toBeGreaterThan(10);
  expect(resample({ ...options, gates, slowdown: 0.05 })).toEqual(played);
  expect(resample({ ...options, gates, slowdown: 0.05, seed: 2 })).not.toEqual(played);
});

test('a bias of the places makes equal code fail, as it would in real gates', () => {
  const limits = { minEffect: 0.01, maxEffect: 0.0167 };
  const finer = { ...options, judged: new Map([['cpu', limits]] as const), slowdown: 0 };
  expect(resample({ ...finer, gates: gatesOf({ deviation: 0.005 }) }).fail).toBeLessThan(10 / 300);
  const biased = resample({ ...finer, gates: gatesOf({ deviation: 0.005, bias: 0.015 }) });
  // In half of the gates head runs in the slower place.
  expect(biased.fail).toBeGreaterThan(0.4);
});
