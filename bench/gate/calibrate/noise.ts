/**
 * Prepares recorded rounds for simulation: separates what the rounds of a gate have in common, such as a bias of its
 * places, from their random error.
 *
 * Method: the means of gates vary by the bias and by the random error of their rounds. Each mean is shrunk toward the
 * mean of all until it varies by the bias alone, and the deviations of the rounds are scaled up by what subtracting
 * their own mean took from them (A. C. Davison and D. V. Hinkley, Bootstrap Methods and their Application, 1997,
 * section 3.8). Without the first step a simulation would count each gate's random error twice.
 *
 * Invariant: values that differ by chance alone leave no bias, on average.
 */
import type { AlignedRound } from '../../math/aligned-rank.js';
import { mean } from '../../math/statistics.js';
import { controlIn, effectIn, type RoundEvidence } from '../judge/evidence.js';
import type { MetricName } from '../model/metrics.js';

/** The rounds of each gate. */
type Grouped<Item> = ReadonlyArray<readonly Item[]>;

/** The same rounds, without the random error of each gate's mean. */
export function separateNoise(gates: Grouped<RoundEvidence>): Grouped<RoundEvidence> {
  const metrics = Object.keys(gates[0]?.[0]?.contrasts ?? {}) as MetricName[];
  const contrasts = metrics.map((metric) =>
    separateAligned(
      gates.map((rounds) => rounds.flatMap((round) => round.contrasts[metric] ?? [])),
    ),
  );
  const references = separateAligned(
    gates.map((rounds) => rounds.map(({ reference }) => reference)),
  );
  return gates.map((rounds, gate) =>
    rounds.map((round, at) => ({
      contrasts: Object.fromEntries(
        metrics.flatMap((metric, index) => {
          const separated = contrasts[index]?.[gate]?.[at];
          return separated === undefined ? [] : [[metric, separated]];
        }),
      ),
      reference: references[gate]?.[at] ?? round.reference,
    })),
  );
}

/** Head against base and base against itself are two independent contrasts of a round; each is separated. */
function separateAligned(gates: Grouped<AlignedRound>): Grouped<AlignedRound> {
  const effects = separate(gates.map((rounds) => rounds.map(effectIn)));
  const controls = separate(gates.map((rounds) => rounds.map((round) => controlIn(round) ?? 0)));
  return gates.map((rounds, gate) =>
    rounds.map(({ bases }, at) => {
      const effect = effects[gate]?.[at] ?? 0;
      const control = controls[gate]?.[at] ?? 0;
      // Deviations from the round's mean sum to zero, as in `evidence.ts`.
      const head = (effect * bases.length) / (bases.length + 1);
      const middle = head - effect;
      return {
        head,
        bases: bases.length < 2 ? [middle] : [middle - control / 2, middle + control / 2],
      };
    }),
  );
}

/** Separates one value per round. */
export function separate(gates: Grouped<number>): Grouped<number> {
  const means = gates.map((values) => mean(values) ?? 0);
  const overall = mean(means) ?? 0;
  const between = variance(means);
  // The part of the variance of the means that is due to chance.
  const chance =
    mean(gates.map((values) => (values.length < 2 ? 0 : variance(values) / values.length))) ?? 0;
  const shrinkage = between === 0 ? 0 : Math.sqrt(Math.max(0, 1 - chance / between));
  return gates.map((values, gate) => {
    const own = means[gate] ?? 0;
    const scale = values.length < 2 ? 1 : Math.sqrt(values.length / (values.length - 1));
    return values.map((value) => overall + shrinkage * (own - overall) + scale * (value - own));
  });
}

function variance(values: readonly number[]): number {
  const middle = mean(values) ?? 0;
  const squares = values.map((value) => (value - middle) ** 2);
  return squares.reduce((sum, square) => sum + square, 0) / Math.max(1, values.length - 1);
}
