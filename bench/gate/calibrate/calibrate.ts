/**
 * Measures the gate's false-positive rate and its power on this machine, by gates of identical code and of known
 * slowdowns.
 *
 * Invariants: each gate is a real one, with fresh processes and all of its interim analyses; the seed decides the order
 * of the kinds of gates, so that a drift of the machine affects all kinds alike; the file is written after each gate,
 * and a resumed calibration continues where it stopped.
 */
import { randomFrom, shuffled } from '../../math/random.js';
import type { Calibration, CalibrationGate, CalibrationSettings } from './calibration.js';
import { runTrials, type TrialSurroundings, type Outcome } from '../judge/schedule.js';
import { DEFAULT_LOOKS } from '../model/looks.js';
import { judgedByDefault, type MetricName } from '../model/metrics.js';
import type { Janitor } from '../cleanup/janitor.js';
import { type Arm, type ArmName, ROUND_TIMING } from '../measure/round.js';
import { makePlaces, type Place, type Places, removePlaces } from './places.js';
import { Trial } from '../judge/trial.js';
import { judgementOf, type Limits } from '../model/thresholds.js';

/** Work of a job: about half a millisecond. */
const UNITS = 500;
const THREADS = 2;
const IN_FLIGHT = 8;

/** The limits of the metrics that decide in a calibration, those of a closed loop. */
export function judgedBy({
  minEffect,
}: Pick<CalibrationSettings, 'minEffect'>): ReadonlyMap<MetricName, Limits> {
  return new Map(
    judgedByDefault(true).map((metric) => [
      metric,
      judgementOf(metric, true, { thresholds: { [metric]: { minEffect } } }),
    ]),
  );
}

/** Dependencies that a calibration gets from its caller. */
export interface CalibrationSurroundings extends TrialSurroundings {
  readonly janitor: Janitor;
  readonly onBegin: (gate: number, gates: number) => void;
}

/** The slowdown of each gate, in the order of measurement. */
export function planGates({ gates, slowerGates, slowdowns, seed }: CalibrationSettings): number[] {
  const all = [
    ...Array.from({ length: gates }, () => 0),
    ...slowdowns.flatMap((slowdown) => Array.from({ length: slowerGates }, () => slowdown)),
  ];
  return shuffled(all, randomFrom(seed));
}

/**
 * Measures the missing gates.
 *
 * @param onGate - Called after each gate, with all gates so far.
 */
export async function calibrate(
  { settings, gates: before }: Pick<Calibration, 'settings' | 'gates'>,
  onGate: (gates: readonly CalibrationGate[]) => Promise<void>,
  surroundings: CalibrationSurroundings,
): Promise<readonly CalibrationGate[]> {
  const plan = planGates(settings);
  const gates = [...before];
  for (const slowdown of plan.slice(before.length)) {
    surroundings.onBegin(gates.length + 1, plan.length);
    gates.push(await measureGate(slowdown, settings, surroundings));
    await onGate(gates);
  }
  return gates;
}

async function measureGate(
  slowdown: number,
  settings: CalibrationSettings,
  surroundings: CalibrationSurroundings,
): Promise<CalibrationGate> {
  const places = await makePlaces(surroundings.janitor);
  try {
    return await measureIn(places, slowdown, settings, surroundings);
  } finally {
    // The janitor would keep the places of all gates until the end.
    removePlaces(places);
  }
}

async function measureIn(
  places: Places,
  slowdown: number,
  settings: CalibrationSettings,
  surroundings: CalibrationSurroundings,
): Promise<CalibrationGate> {
  const { base, head } = places;
  const trial = new Trial({
    name: 'calibration',
    arms: [
      armIn(base, 'base', UNITS),
      armIn(base, 'control', UNITS),
      armIn(head, 'head', UNITS * (1 + slowdown)),
    ],
    timing: ROUND_TIMING,
    looks: DEFAULT_LOOKS,
    limitSeconds: settings.limitSeconds,
    judged: judgedBy(settings),
    mayDiffer: true,
  });
  let outcome: Outcome | undefined;
  await runTrials(
    [trial],
    (suspect) => suspect,
    (judged) => {
      outcome = judged;
    },
    surroundings,
  );
  if (outcome?.why.kind === 'broken') throw outcome.why.error;
  const { verdict = 'inconclusive', decision } = outcome ?? {};
  return {
    slowdown,
    verdict,
    failed: (decision?.metrics ?? []).flatMap((each) =>
      each.verdict === 'fail' ? [each.metric] : [],
    ),
    hasMoved: (decision?.moved.length ?? 0) > 0,
    seconds: trial.seconds,
    rounds: trial.roundEvidence(),
  };
}

function armIn({ directory, library, jobs }: Place, name: ArmName, units: number): Arm {
  return {
    name,
    directory,
    spec: {
      kind: 'pool',
      module: jobs,
      name: 'work',
      input: { kind: 'values', values: [units] },
      threads: THREADS,
      load: { kind: 'closed', inFlight: IN_FLIGHT },
      library,
    },
  };
}
