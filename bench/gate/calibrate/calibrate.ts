/**
 * Measures the gate itself, on this machine: how often it calls the same code different, and how often
 * it finds a slowdown that was put there.
 *
 * Invariants: each gate is a real one, of fresh processes and with all of its looks; which kind comes
 * when is the seed's choice, so that a drift of the machine meets all kinds alike; after each gate the
 * file is written, and one that is taken up again goes on where it was.
 */
import { randomFrom, shuffled } from '../../math/random.js';
import type { Calibration, CalibrationGate, CalibrationSettings } from './calibration.js';
import { runTrials, type TrialSurroundings, type Outcome } from '../judge/schedule.js';
import { judgedByDefault, type MetricName } from '../model/metrics.js';
import { type Arm, ROUND_TIMING } from '../measure/round.js';
import { Trial } from '../judge/trial.js';
import { DEFAULT_THRESHOLDS, type Limits } from '../model/thresholds.js';

const WORK = new URL('../../jobs/cpu.js', import.meta.url).href;
const LIBRARY = new URL('../../../src/index.js', import.meta.url).href;
/** About half a millisecond. */
const UNITS = 500;
const THREADS = 2;
const IN_FLIGHT = 8;

/** What decides in a calibration: the defaults of a closed load. */
export const CALIBRATED: ReadonlyMap<MetricName, Limits> = new Map(
  judgedByDefault(true).map((metric) => [metric, DEFAULT_THRESHOLDS]),
);

/** The slowdown of each gate, in the order in which they are measured. */
export function planGates({ gates, slowerGates, slowdowns, seed }: CalibrationSettings): number[] {
  const all = [
    ...Array.from({ length: gates }, () => 0),
    ...slowdowns.flatMap((slowdown) => Array.from({ length: slowerGates }, () => slowdown)),
  ];
  return shuffled(all, randomFrom(seed));
}

/**
 * Measures what is missing.
 *
 * @param onGate - Told of all gates so far, after each.
 */
export async function calibrate(
  { settings, gates: before }: Pick<Calibration, 'settings' | 'gates'>,
  onGate: (gates: readonly CalibrationGate[]) => Promise<void>,
  surroundings: TrialSurroundings & { readonly onBegin: (gate: number, gates: number) => void },
): Promise<readonly CalibrationGate[]> {
  const plan = planGates(settings);
  const gates = [...before];
  for (const slowdown of plan.slice(before.length)) {
    surroundings.onBegin(gates.length + 1, plan.length);
    gates.push(await measureGate(slowdown, surroundings));
    await onGate(gates);
  }
  return gates;
}

async function measureGate(
  slowdown: number,
  surroundings: TrialSurroundings,
): Promise<CalibrationGate> {
  const trial = new Trial({
    name: 'calibration',
    arms: [armOf('base', UNITS), armOf('control', UNITS), armOf('head', UNITS * (1 + slowdown))],
    timing: ROUND_TIMING,
    judged: CALIBRATED,
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

function armOf(name: Arm['name'], units: number): Arm {
  return {
    name,
    directory: process.cwd(),
    spec: {
      kind: 'pool',
      module: WORK,
      name: 'work',
      input: { kind: 'values', values: [units] },
      threads: THREADS,
      load: { kind: 'closed', inFlight: IN_FLIGHT },
      library: LIBRARY,
    },
  };
}
