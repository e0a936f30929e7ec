/**
 * Runs trials: schedules their rounds, decides how many each gets, and when it is over.
 *
 * Method: the evidence is looked at after planned numbers of rounds only, each look with its share of the
 * error, which sum up to what the whole gate may err (a union bound: nothing is assumed about how looks
 * depend on each other). Several scenarios are screened first, all of them in every round: those that
 * exclude an effect of maxEffect, adjusted after Holm over the scenarios, are cleared. The others are
 * suspects, each tried again on fresh rounds, with the error shared out among them; what the screening
 * has seen doesn't count, as it is why they were chosen.
 *
 * Invariants: a verdict never depends on a round that was measured after a look had decided; a scenario
 * that can't be measured holds up no other one.
 */
import { shuffled } from '../../math/random.js';
import { type Decision, decide, exclusionOfAll, type LookErrors } from './decision.js';
import { holm } from '../../math/holm.js';
import { leastRounds } from '../model/looks.js';
import type { ScenarioReport } from '../model/report.js';
import { measureRound, type RoundSurroundings } from '../measure/round.js';
import type { Trial } from './trial.js';

export type Stage = ScenarioReport['stage'];

/** How a trial ended. */
export interface Outcome {
  readonly trial: Trial;
  readonly stage: Stage;
  readonly verdict: 'fail' | 'pass' | 'inconclusive';
  readonly why: Why;
  /** At the last look; absent where there was none. */
  readonly decision?: Decision;
  /** Of the last look, or of the one that would have come. */
  readonly errors: LookErrors;
}

export type Why =
  /** By a look, or by the last look not. */
  | { readonly kind: 'looks' }
  /** Head answers otherwise than base. */
  | { readonly kind: 'wrongAnswers' }
  /** The time was over. */
  | { readonly kind: 'time'; readonly neededSeconds: number }
  /** There is nothing to compare with. */
  | { readonly kind: 'new' }
  /** A process failed. */
  | { readonly kind: 'broken'; readonly error: Error };

export interface TrialSurroundings extends RoundSurroundings {
  /** Of a trial that has no base. */
  readonly roundsOfNew: number;
  /** Before each round. */
  readonly onRound: (trial: Trial, stage: Stage, rounds: number) => void;
  /** Carries out a round. Default: in processes (`measureRound`). */
  readonly measure?: typeof measureRound;
}

/** To be cleared by the screening, a scenario excludes the effect at this error, over all of them. */
export const SCREENING_ALPHA = 0.05;
/** Fewer rounds would only clear what is hardly noisy at all. */
const LEAST_SCREENING = 6;
const SCREENING: LookErrors = { failAlpha: SCREENING_ALPHA, passAlpha: SCREENING_ALPHA };

/**
 * Runs all of them, each until there is a verdict.
 *
 * @param fresh - Gives a suspect a new trial.
 * @param onJudged - Told of each as soon as it is over, so that an interruption loses none.
 * @throws The signal's reason where it was interrupted.
 */
export async function runTrials(
  trials: readonly Trial[],
  fresh: (suspect: Trial) => Trial,
  onJudged: (outcome: Outcome) => void,
  surroundings: TrialSurroundings,
): Promise<void> {
  const compared = trials.filter(({ isCompared }) => isCompared);
  const suspects = compared.length > 1 ? await screen(compared, onJudged, surroundings) : compared;
  for (const suspect of suspects) {
    const [trial, stage] =
      compared.length > 1
        ? ([fresh(suspect), 'confirmed'] as const)
        : ([suspect, 'single'] as const);
    onJudged(
      await unlessBroken(trial, stage, surroundings, () =>
        confirm(trial, stage, suspects.length, surroundings),
      ),
    );
  }
  for (const trial of trials.filter(({ isCompared }) => !isCompared)) {
    onJudged(
      await unlessBroken(trial, 'single', surroundings, () => measureOnly(trial, surroundings)),
    );
  }
}

/** As many that the strictest step of Holm's adjustment can be reached. */
export function screeningRounds(scenarios: number): number {
  return Math.max(LEAST_SCREENING, leastRounds(SCREENING_ALPHA / scenarios) + 1);
}

/** Screens them. @returns The suspects. */
async function screen(
  trials: readonly Trial[],
  onJudged: (outcome: Outcome) => void,
  surroundings: TrialSurroundings,
): Promise<readonly Trial[]> {
  const rounds = screeningRounds(trials.length);
  const broken = new Map<Trial, Error>();
  for (let round = 0; round < rounds; round += 1) {
    const due = trials.filter(
      (trial) => !broken.has(trial) && trial.seconds < trial.plan.limitSeconds,
    );
    for (const trial of shuffled(due, surroundings.random)) {
      try {
        await addRound(trial, 'screened', rounds, surroundings, due);
      } catch (error) {
        if (surroundings.signal.aborted) throw error;
        broken.set(trial, error as Error);
      }
    }
  }
  for (const [trial, error] of broken) onJudged(brokenOutcome(trial, 'screened', error));
  const whole = trials.filter((trial) => !broken.has(trial));
  const adjusted = holm(whole.map((trial) => exclusionOfAll(trial.evidence())));
  return whole.filter((trial, index) => {
    const decision = decide(trial.evidence(), SCREENING);
    const isCleared =
      (adjusted[index] as number) <= SCREENING_ALPHA &&
      decision.verdict === 'pass' &&
      !trial.hasWrongAnswers();
    if (isCleared) onJudged(outcomeOf(trial, 'screened', 'pass', SCREENING, { decision }));
    return !isCleared;
  });
}

/**
 * Measures a trial until a look decides. Where the time is over between two looks the last one is taken
 * then: when that is does not depend on what was found, and each look's error is still spent once.
 *
 * @param suspects - How many share the error of a fail.
 */
async function confirm(
  trial: Trial,
  stage: Stage,
  suspects: number,
  surroundings: TrialSurroundings,
): Promise<Outcome> {
  const { looks, limitSeconds } = trial.plan;
  const most = looks.at(-1)?.rounds ?? 0;
  let decision: Decision | undefined;
  let errors = SCREENING;
  for (const { rounds, failAlpha, passAlpha } of looks) {
    errors = { failAlpha: failAlpha / suspects, passAlpha };
    while (trial.rounds.length < rounds) {
      const neededSeconds = secondsFor(rounds, trial);
      // Without a first look there is nothing to say, so that it is not begun if it can't be had.
      if (decision === undefined && neededSeconds > limitSeconds) {
        const why = { kind: 'time', neededSeconds } as const;
        return outcomeOf(trial, stage, 'inconclusive', errors, { why });
      }
      if (secondsFor(trial.rounds.length + 1, trial) > limitSeconds) {
        return lastLook(trial, stage, suspects);
      }
      await addRound(trial, stage, most, surroundings);
      // More rounds would only tell how fast the wrong answer is.
      if (trial.hasWrongAnswers()) {
        const why = { kind: 'wrongAnswers' } as const;
        return outcomeOf(trial, stage, 'fail', errors, { decision, why });
      }
    }
    decision = decide(trial.evidence(), errors);
    if (decision.verdict !== 'undecided') {
      return outcomeOf(trial, stage, decision.verdict, errors, { decision });
    }
  }
  return outcomeOf(trial, stage, 'inconclusive', errors, { decision });
}

function lastLook(trial: Trial, stage: Stage, suspects: number): Outcome {
  const { failAlpha = 0, passAlpha = 0 } = trial.plan.looks.at(-1) ?? {};
  const errors = { failAlpha: failAlpha / suspects, passAlpha };
  const decision = decide(trial.evidence(), errors);
  const verdict = decision.verdict === 'undecided' ? 'inconclusive' : decision.verdict;
  return outcomeOf(trial, stage, verdict, errors, { decision });
}

/** A trial that has nothing to be compared with within this run. */
async function measureOnly(trial: Trial, surroundings: TrialSurroundings): Promise<Outcome> {
  const { roundsOfNew } = surroundings;
  const { limitSeconds } = trial.plan;
  while (trial.rounds.length < roundsOfNew && trial.seconds < limitSeconds) {
    await addRound(trial, 'single', roundsOfNew, surroundings);
  }
  const why = { kind: 'new' } as const;
  return outcomeOf(trial, 'single', 'inconclusive', SCREENING, { why });
}

/** What so many rounds would take. Unknown, and so nothing, before the first. */
function secondsFor(rounds: number, trial: Trial): number {
  const done = trial.rounds.length;
  return done === 0 ? 0 : (trial.seconds / done) * rounds;
}

/** @param due - All trials whose next round is due. */
async function addRound(
  trial: Trial,
  stage: Stage,
  rounds: number,
  surroundings: TrialSurroundings,
  due: readonly Trial[] = [trial],
): Promise<void> {
  surroundings.onRound(trial, stage, rounds);
  const startMs = performance.now();
  const { arms, timing } = trial.plan;
  const { measure = trial.plan.measure ?? measureRound } = surroundings;
  const allDue = due.map(({ plan }) => plan.arms);
  const round = await measure(arms, timing, trial.compares, surroundings, allDue);
  trial.add(round, round.shareMs ?? performance.now() - startMs);
}

async function unlessBroken(
  trial: Trial,
  stage: Stage,
  { signal }: TrialSurroundings,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw error;
    return brokenOutcome(trial, stage, error as Error);
  }
}

function brokenOutcome(trial: Trial, stage: Stage, error: Error): Outcome {
  const why = { kind: 'broken', error } as const;
  return outcomeOf(trial, stage, 'inconclusive', SCREENING, { why });
}

function outcomeOf(
  trial: Trial,
  stage: Stage,
  verdict: Outcome['verdict'],
  errors: LookErrors,
  {
    decision,
    why = { kind: 'looks' },
  }: { readonly decision?: Decision | undefined; readonly why?: Why },
): Outcome {
  return { trial, stage, verdict, errors, why, ...(decision !== undefined && { decision }) };
}
