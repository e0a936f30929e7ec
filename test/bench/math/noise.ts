/** Generates seeded noise, symmetric about zero, with light and with heavy tails. */
import { randomFrom } from '../../../bench/math/random.js';

export type Noise = (count: number) => number[];

export function normalNoise(seed: number): Noise {
  const next = normal(randomFrom(seed));
  return (count) => Array.from({ length: count }, next);
}

export function laplaceNoise(seed: number): Noise {
  const random = randomFrom(seed);
  const next = (): number => Math.log(1 - random()) * (random() < 0.5 ? 1 : -1);
  return (count) => Array.from({ length: count }, next);
}

/** Student's t with 3 degrees of freedom. */
export function studentNoise(seed: number): Noise {
  const next = normal(randomFrom(seed));
  const student = (): number => next() / Math.sqrt((next() ** 2 + next() ** 2 + next() ** 2) / 3);
  return (count) => Array.from({ length: count }, student);
}

/** Box–Muller transform. */
function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
