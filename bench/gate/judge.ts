/**
 * How many rounds a trial gets, and when it is over.
 *
 * Method: the evidence is looked at after planned numbers of rounds only, each look with its share of the
 * error, which sum up to what the whole gate may err (a union bound: nothing is assumed about how looks
 * depend on each other). Several scenarios are screened first, all of them in every round: those that
 * exclude an effect of maxEffect, adjusted after Holm over the scenarios, are cleared. The others are
 * suspects, each tried again on fresh rounds, with the error shared out among them; what the screening
 * has seen doesn't count, as it is why they were chosen.
 *
 * Invariant: a verdict is fail, pass or inconclusive, and never depends on a round that was measured after
 * a look had decided.
 */
import { shuffled } from '../random.js';
import { type Decision, decide, exclusionOfAll, type LookErrors } from './decision.js';
import { holm } from './holm.js';
import { leastRounds, type Look } from './looks.js';
import { measureRound, type RoundSurroundings } from './round.js';
import type { Trial } from './trial.js';

/** How a trial ended. */
export interface Outcome {
  readonly trial: Trial;
  readonly stage: 'screened' | 'confirmed' | 'single';
  readonly verdict: 'fail' | 'pass' | 'inconclusive';
  /** At the last look; absent where there was none. */
  readonly decision?: Decision;
  readonly errors: LookErrors;
  /** Whether it was ended by its limit in seconds, before the last look. */
  readonly isOutOfTime: boolean;
}

export interface JudgeSurroundings extends RoundSurroundings {
  readonly looks: readonly Look[];
  /** Of a trial that has no base. */
  readonly roundsOfNew: number;
  /** A trial that has taken longer gets no further round. */
  readonly limitSeconds: number;
  /** Before each round. */
  readonly onRound: (trial: Trial, stage: Outcome['stage'], rounds: number) => void;
}

/** To be cleared by the screening, a scenario excludes the effect at this error, over all of them. */
export const SCREENING_ALPHA = 0.05;
/** Fewer rounds would only clear what is hardly noisy at all. */
const LEAST_SCREENING = 6;

/**
 * Judges all of them.
 *
 * @param fresh - Gives a suspect a new trial.
 * @param onJudged - Told of each as soon as it is over, so that an interruption loses none.
 */
export async function judge(
  trials: readonly Trial[],
  fresh: (suspect: Trial) => Trial,
  onJudged: (outcome: Outcome) => void,
  surroundings: JudgeSurroundings,
): Promise<void> {
  const compared = trials.filter(({ isCompared }) => isCompared);
  const [only] = compared;
  if (only !== undefined && compared.length === 1) {
    onJudged(await confirm(only, 'single', 1, surroundings));
  } else if (only !== undefined) {
    const suspects = await screen(compared, onJudged, surroundings);
    for (const suspect of suspects) {
      onJudged(await confirm(fresh(suspect), 'confirmed', suspects.length, surroundings));
    }
  }
  for (const trial of trials.filter(({ isCompared }) => !isCompared)) {
    onJudged(await measureOnly(trial, surroundings));
  }
}

/** A trial that has nothing to be compared with within this run. */
async function measureOnly(trial: Trial, surroundings: JudgeSurroundings): Promise<Outcome> {
  const { roundsOfNew } = surroundings;
  while (trial.rounds.length < roundsOfNew) {
    await addRound(trial, 'single', roundsOfNew, surroundings);
  }
  const errors = { failAlpha: 0, passAlpha: 0 };
  return { trial, stage: 'single', verdict: 'inconclusive', errors, isOutOfTime: false };
}

/** Screens them. @returns The suspects. */
async function screen(
  trials: readonly Trial[],
  onJudged: (outcome: Outcome) => void,
  surroundings: JudgeSurroundings,
): Promise<readonly Trial[]> {
  const rounds = screeningRounds(trials.length);
  for (let round = 0; round < rounds; round += 1) {
    for (const trial of shuffled(trials, surroundings.random)) {
      await addRound(trial, 'screened', rounds, surroundings);
    }
  }
  const errors = { failAlpha: 0, passAlpha: SCREENING_ALPHA };
  const adjusted = holm(trials.map((trial) => exclusionOfAll(trial.evidence())));
  return trials.filter((trial, index) => {
    const decision = decide(trial.evidence(), errors);
    const isCleared =
      (adjusted[index] as number) <= SCREENING_ALPHA &&
      decision.verdict === 'pass' &&
      !trial.hasWrongAnswers();
    if (isCleared) {
      onJudged({ trial, stage: 'screened', verdict: 'pass', decision, errors, isOutOfTime: false });
    }
    return !isCleared;
  });
}

/** As many that the strictest step of Holm's adjustment can be reached. */
export function screeningRounds(scenarios: number): number {
  return Math.max(LEAST_SCREENING, leastRounds(SCREENING_ALPHA / scenarios) + 1);
}

/** Measures a trial until a look decides. @param suspects - How many share the error of a fail. */
async function confirm(
  trial: Trial,
  stage: Outcome['stage'],
  suspects: number,
  surroundings: JudgeSurroundings,
): Promise<Outcome> {
  const { looks, limitSeconds } = surroundings;
  const most = looks.at(-1)?.rounds ?? 0;
  let last: Pick<Outcome, 'decision' | 'errors'> = { errors: { failAlpha: 0, passAlpha: 0 } };
  for (const { rounds, failAlpha, passAlpha } of looks) {
    while (trial.rounds.length < rounds) {
      if (trial.seconds >= limitSeconds) {
        return { trial, stage, verdict: 'inconclusive', ...last, isOutOfTime: true };
      }
      await addRound(trial, stage, most, surroundings);
      // More rounds would only tell how fast the wrong answer is.
      if (trial.hasWrongAnswers()) {
        return { trial, stage, verdict: 'fail', ...last, isOutOfTime: false };
      }
      if (trial.evidence().metrics.length === 0) {
        return { trial, stage, verdict: 'inconclusive', ...last, isOutOfTime: false };
      }
    }
    const errors = { failAlpha: failAlpha / suspects, passAlpha };
    const decision = decide(trial.evidence(), errors);
    last = { decision, errors };
    if (decision.verdict !== 'undecided') {
      return { trial, stage, verdict: decision.verdict, ...last, isOutOfTime: false };
    }
  }
  return { trial, stage, verdict: 'inconclusive', ...last, isOutOfTime: false };
}

async function addRound(
  trial: Trial,
  stage: Outcome['stage'],
  rounds: number,
  surroundings: JudgeSurroundings,
): Promise<void> {
  surroundings.onRound(trial, stage, rounds);
  const startMs = performance.now();
  const round = await measureRound(trial.plan.sides, trial.plan.timing, surroundings);
  trial.add(round, performance.now() - startMs);
}
