/** Makes rounds like those that processes report, for tests of the code that judges them. */
import type { RoundEvidence } from '../../../../bench/gate/judge/evidence.js';
import type { Figures, MetricName } from '../../../../bench/gate/model/metrics.js';
import type { ArmName, ArmRound, Round } from '../../../../bench/gate/measure/round.js';
import { randomFrom } from '../../../../bench/math/random.js';

const REFERENCES = { spin: 10, memory: 8, messages: 12 };

/** One side with the given metrics of its blocks. */
export function side(blocks: readonly Figures[], changes: Partial<ArmRound> = {}): ArmRound {
  return { blocks, whole: {}, references: REFERENCES, ...changes };
}

/** A round whose sides have one metric each, block by block. */
export function round(
  metric: MetricName,
  values: Readonly<Partial<Record<ArmName, readonly number[]>>>,
): Round {
  return Object.fromEntries(
    Object.entries(values).map(([name, blocks]) => [
      name,
      side(blocks.map((value) => ({ [metric]: value }))),
    ]),
  );
}

/** Evidence with normal noise in each process, reproducible by its seed. */
export function noisy(
  count: number,
  {
    effect = 0,
    control = 0,
    reference = 0,
    deviation = 0.02,
    seed = 1,
    metrics = ['cpu', 'throughput'],
  }: {
    readonly effect?: number;
    readonly control?: number;
    readonly reference?: number;
    readonly deviation?: number;
    readonly seed?: number;
    readonly metrics?: readonly MetricName[];
  } = {},
): RoundEvidence[] {
  const random = randomFrom(seed);
  // Box–Muller transform.
  const noise = (): number =>
    deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const aligned = (worse: number, between: number) => ({
    head: worse + noise(),
    bases: [noise() - between / 2, noise() + between / 2],
  });
  return Array.from({ length: count }, () => ({
    contrasts: Object.fromEntries(metrics.map((metric) => [metric, aligned(effect, control)])),
    reference: aligned(reference, 0),
  }));
}
