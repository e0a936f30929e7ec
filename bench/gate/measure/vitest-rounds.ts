/**
 * Carries out rounds of Vitest benchmarks: one run of Vitest for each arm, in random order, of all benchmarks of the
 * file whose next round is due.
 *
 * Starting Vitest takes longer than a benchmark (1 to 2 s, against 0.6 s by default), so scenarios that are screened
 * share the runs of their file. A scenario that is judged by itself has runs of its own, without the other benchmarks.
 * As rounds of several scenarios come from the same processes, their results depend on each other, which the screening
 * allows: Holm's adjustment holds under any dependence.
 *
 * Invariants: the run of one arm ends before the next one begins; a shared run is used once by each scenario; a
 * benchmark without metrics is an error of its own scenario only.
 */
import { shuffled } from '../../math/random.js';
import type { References } from '../model/references.js';
import type { VitestSpec } from '../model/workload.js';
import { converse } from './conversation.js';
import type { Arm, ArmName, ArmRound, MeasureRound, Round, RoundSurroundings } from './round.js';
import { benchmarkLabel, type BenchmarkResult, isSameBenchmark } from './vitest-report.js';
import { runVitest } from './vitest-run.js';

/** A scenario's share of a run: its round, or the error. */
type Share = { readonly round: Round } | { readonly error: Error };

/** Results of the run of one arm. */
interface ArmRun {
  readonly references: References;
  readonly results: readonly BenchmarkResult[];
}

export class VitestRounds {
  /** Shares of runs, for scenarios that have not asked for them yet. */
  readonly #shares = new Map<readonly Arm[], Share>();

  /** Like `measureRound`; `due` determines which scenarios can share a run. */
  readonly measure: MeasureRound = async (arms, { limitMs }, _, surroundings, due = [arms]) => {
    const sharing = due.filter((other) => fileOf(other) === fileOf(arms));
    const share = this.#shares.get(arms);
    this.#shares.delete(arms);
    // A share left over from the screening is no evidence in the confirmation.
    if (share !== undefined && sharing.length > 1) return roundOf(share);
    for (const [other, own] of await measureTogether(sharing, limitMs, surroundings)) {
      this.#shares.set(other, own);
    }
    return roundOf(this.#take(arms));
  };

  #take(arms: readonly Arm[]): Share {
    const share = this.#shares.get(arms);
    this.#shares.delete(arms);
    if (share === undefined) throw new Error('A scenario is not among those that are due.');
    return share;
  }
}

function roundOf(share: Share): Round {
  if ('error' in share) throw share.error;
  return share.round;
}

/** Runs each arm once, for several scenarios of a file. */
async function measureTogether(
  scenarios: ReadonlyArray<readonly Arm[]>,
  limitMs: number,
  surroundings: RoundSurroundings,
): Promise<ReadonlyMap<readonly Arm[], Share>> {
  const startMs = performance.now();
  const runs = new Map<ArmName, ArmRun>();
  try {
    for (const { name } of shuffled(scenarios[0] ?? [], surroundings.random)) {
      const same = scenarios.flatMap((arms) => arms.find((arm) => arm.name === name) ?? []);
      runs.set(name, await runArm(same, limitMs, surroundings));
    }
  } catch (error) {
    if (surroundings.signal.aborted) throw error;
    return new Map(scenarios.map((arms) => [arms, { error: error as Error }]));
  }
  const shareMs = (performance.now() - startMs) / scenarios.length;
  return new Map(scenarios.map((arms) => [arms, shareOf(arms, runs, shareMs)]));
}

/** @param arms - The same arm of each scenario. */
async function runArm(
  arms: readonly Arm[],
  limitMs: number,
  surroundings: RoundSurroundings,
): Promise<ArmRun> {
  const [{ name, directory }] = arms as [Arm];
  const side = name === 'head' ? 'head' : 'base';
  const specs = arms.map(specOf);
  const [{ program, file }] = specs as [VitestSpec];
  const reference = { name: `process of ${side}`, directory, limitMs };
  const { references } = await converse(reference, surroundings, (process) =>
    process.ask({ kind: 'reference' }, 'referenceDone'),
  );
  const benchmarks = specs.map(({ benchmark }) => benchmark);
  const run = { side, directory, program, file, benchmarks } as const;
  return { references, results: await runVitest(run, limitMs, surroundings) };
}

function shareOf(arms: readonly Arm[], runs: ReadonlyMap<ArmName, ArmRun>, shareMs: number): Share {
  const round: Partial<Record<ArmName, ArmRound>> = {};
  for (const arm of arms) {
    const { benchmark } = specOf(arm);
    const { references, results } = runs.get(arm.name) as ArmRun;
    const figures = results.find(({ id }) => isSameBenchmark(id, benchmark))?.figures;
    if (figures === undefined) {
      const side = arm.name === 'head' ? 'head' : 'base';
      const error = new Error(
        `The benchmark '${benchmarkLabel(benchmark)}' has no results on ${side}: it throws, or takes no sample. ` +
          "Vitest shows the error if the benchmark has the option 'throws: true'.",
      );
      return { error };
    }
    round[arm.name] = { blocks: [figures], whole: {}, references };
  }
  return { round: { ...round, shareMs } };
}

function fileOf(arms: readonly Arm[]): string | undefined {
  const spec = arms.find(({ name }) => name === 'head')?.spec;
  return spec?.kind === 'vitest' ? `${arms.length} ${spec.file}` : undefined;
}

function specOf({ spec }: Arm): VitestSpec {
  if (spec.kind !== 'vitest') throw new Error('It is not a Vitest benchmark.');
  return spec;
}
