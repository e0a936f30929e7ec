import { expect, test } from 'vitest';
import { planGates } from '../../../../bench/gate/calibrate/calibrate.js';
import {
  type CalibrationGate,
  CALIBRATION_SCHEMA,
} from '../../../../bench/gate/calibrate/calibration.js';
import { describeCalibration } from '../../../../bench/gate/calibrate/report.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain } from '../../../../bench/report/terminal/paint.js';
import { run } from '../../../helpers/runs.js';
import { noisy } from '../judge/rounds.js';
import { DEFAULT_LOOKS } from '../../../../bench/gate/model/looks.js';

const settings = {
  gates: 4,
  slowerGates: 2,
  slowdowns: [0.05, 0.1],
  minEffect: 0.03,
  hogs: 0,
  looks: DEFAULT_LOOKS,
  limitSeconds: 90,
  seed: 1,
};

test('the kinds of gates are mixed, and the same again for the same seed', () => {
  const plan = planGates(settings);
  expect(plan.toSorted()).toEqual([0, 0, 0, 0, 0.05, 0.05, 0.1, 0.1]);
  expect(plan).not.toEqual(plan.toSorted());
  expect(planGates(settings)).toEqual(plan);
  expect(planGates({ ...settings, seed: 2 })).not.toEqual(plan);
});

test('what is said of a calibration', async () => {
  const gateOf = (slowdown: number, verdict: CalibrationGate['verdict']): CalibrationGate => ({
    slowdown,
    verdict,
    failed: verdict === 'fail' ? ['cpu'] : [],
    hasMoved: false,
    seconds: 40,
    rounds: noisy(10, { effect: Math.log1p(slowdown), deviation: 0.01, seed: slowdown * 100 + 1 }),
  });
  const gates = [
    gateOf(0, 'pass'),
    gateOf(0, 'pass'),
    gateOf(0, 'inconclusive'),
    gateOf(0.1, 'fail'),
  ];
  const { environment, startedAt } = run([]);
  const calibration = {
    schema: CALIBRATION_SCHEMA,
    command: 'millrace gate calibrate',
    startedAt,
    environment,
    settings,
    gates,
  } as const;
  const { signal } = new AbortController();
  const document = await describeCalibration(calibration, { power: 0.9, plays: 200, signal });
  const text = renderDocument(document, plain).join('\n');
  // None of three gates failed; the Clopper–Pearson interval still allows 71 %.
  expect(text).toMatch(/the same\s+3\s+0\s+2\s+1\s+10\.0\s+40\.0/);
  expect(text).toContain('0–71 %');
  expect(text).toMatch(/10\.0 % slower\s+1\s+1\s+0\s+0/);
  expect(text).not.toContain('5.0 % slower      0');
  const flat = text.replaceAll(/\s+/g, ' ');
  expect(flat).toContain('200 gates for each kind (50 for --looks other than 10,15,20)');
  expect(flat).toContain('the 30 recorded rounds of the same code');
  expect(flat).toMatch(
    /--looks 10,12,14 finds 10\.0 % in 90\.0 % of the gates within 90\.0 s .* it takes 4\d\.\d s/,
  );
});

test('an interruption leaves out what was not played', async () => {
  const calibration = {
    schema: CALIBRATION_SCHEMA,
    command: 'millrace gate calibrate',
    startedAt: '2026-01-02T03:04:05.678Z',
    environment: run([]).environment,
    settings,
    gates: [
      {
        slowdown: 0,
        verdict: 'pass',
        failed: [],
        hasMoved: false,
        seconds: 40,
        rounds: noisy(10),
      },
    ],
  } as const;
  const document = await describeCalibration(calibration, {
    power: 0.9,
    signal: AbortSignal.abort(),
  });
  const text = renderDocument(document, plain).join('\n');
  expect(text).toMatch(/the same\s+1\s+0\s+1\s+0/);
  expect(text).not.toContain('Resampled');
});
