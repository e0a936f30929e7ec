/**
 * Runs trials: schedules their rounds, decides how many each gets, and when it ends.
 *
 * Method: the evidence is analyzed only after planned numbers of rounds. Each interim analysis has its share of the
 * error; the shares sum up to the error of the whole gate (a union bound: nothing is assumed about the dependence
 * between analyses). Several scenarios are screened first, all of them in every round: those that exclude an effect of
 * maxEffect, adjusted after Holm over the scenarios, are cleared. The others are suspects. Each is confirmed on fresh
 * rounds, with the error divided among them; the screening rounds don't count, as they are why the suspects were
 * chosen.
 *
 * Invariants: a verdict never depends on a round that was measured after an analysis had decided; a scenario that can't
 * be measured doesn't hold up the others.
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
  /** Decision of the last analysis; absent if there was none. */
  readonly decision?: Decision;
  /** Errors of the last analysis, or of the one that would have come. */
  readonly errors: LookErrors;
}

export type Why =
  /** An interim analysis decided, or none did. */
  | { readonly kind: 'looks' }
  /** Head's results differ from base's. */
  | { readonly kind: 'wrongAnswers' }
  /** The time budget is exhausted. */
  | { readonly kind: 'time'; readonly neededSeconds: number }
  /** There is no base to compare with. */
  | { readonly kind: 'new' }
  /** A process failed. */
  | { readonly kind: 'broken'; readonly error: Error };

export interface TrialSurroundings extends RoundSurroundings {
  /** Number of rounds of a trial without a base. */
  readonly roundsOfNew: number;
  /** Called before each round. */
  readonly onRound: (trial: Trial, stage: Stage, rounds: number) => void;
  /** Carries out a round. Default: `measure` of the trial's plan, or else `measureRound`. */
  readonly measure?: typeof measureRound;
}

/** Error at which screening has to exclude the effect to clear a scenario, over all of them. */
export const SCREENING_ALPHA = 0.05;
/** Min number of screening rounds; fewer would only clear scenarios with hardly any noise. */
const LEAST_SCREENING = 6;
const SCREENING: LookErrors = { failAlpha: SCREENING_ALPHA, passAlpha: SCREENING_ALPHA };

/**
 * Runs all trials, each until there is a verdict.
 *
 * @param fresh - Creates a new trial for a suspect.
 * @param onJudged - Called as soon as a trial ends, so that an interruption loses none.
 * @throws The signal's reason if interrupted.
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

/** Number of rounds that makes the strictest step of Holm's adjustment reachable. */
export function screeningRounds(scenarios: number): number {
  return Math.max(LEAST_SCREENING, leastRounds(SCREENING_ALPHA / scenarios) + 1);
}

/** Screens the trials. @returns The suspects. */
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
 * Measures a trial until an interim analysis decides. If the time runs out between two of them, the last one takes
 * place then: when that is does not depend on what was found, and the error of each analysis is still spent once.
 *
 * @param suspects - Number of trials that share the error of a FAIL.
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
      // Without a first analysis there is no result: stop if it doesn't fit into the time budget.
      if (decision === undefined && neededSeconds > limitSeconds) {
        const why = { kind: 'time', neededSeconds } as const;
        return outcomeOf(trial, stage, 'inconclusive', errors, { why });
      }
      if (secondsFor(trial.rounds.length + 1, trial) > limitSeconds) {
        return lastLook(trial, stage, suspects);
      }
      await addRound(trial, stage, most, surroundings);
      // More rounds would only measure how fast the wrong result is.
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

/** Measures a trial that has no base to be compared with. */
async function measureOnly(trial: Trial, surroundings: TrialSurroundings): Promise<Outcome> {
  const { roundsOfNew } = surroundings;
  const { limitSeconds } = trial.plan;
  while (trial.rounds.length < roundsOfNew && trial.seconds < limitSeconds) {
    await addRound(trial, 'single', roundsOfNew, surroundings);
  }
  const why = { kind: 'new' } as const;
  return outcomeOf(trial, 'single', 'inconclusive', SCREENING, { why });
}

/** Estimated duration of this many rounds, in seconds; unknown before the first, so 0. */
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
