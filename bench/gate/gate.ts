/**
 * Runs a gate, from its settings to its report: the sides, the trials, the budgets, the waivers.
 *
 * Invariants: an interruption loses nothing that was measured; the overall verdict is the worst of all: fail before
 * inconclusive before pass.
 */
import { describeBusy, type Environment, readEnvironment } from '../process/environment.js';
import { checkFilter, isChosen } from '../harness/filter.js';
import { oneLine } from '../options/one-line.js';
import { randomFrom } from '../math/random.js';
import { formatSeconds } from '../report/format.js';
import { Progress } from '../report/terminal/progress.js';
import { BASELINE_ROUNDS, reportAgainst } from './judge/baseline.js';
import { measureBudgets } from './judge/budget-run.js';
import { checkOutSides } from './sides/checkout.js';
import type { GateConfig } from './model/config.js';
import { type Outcome, runTrials, type Stage } from './judge/schedule.js';
import type { Folders } from './find/found.js';
import { planTrials } from './find/plan-trials.js';
import { overall, withWaivers } from './judge/overall.js';
import {
  type BudgetReport,
  GATE_SCHEMA,
  type GateReport,
  type ScenarioReport,
  type SideReport,
} from './model/report.js';
import type { GateSurroundings } from './model/surroundings.js';
import type { RoundSurroundings } from './measure/round.js';
import { reportScenario, reportInterrupted } from './judge/scenario-report.js';
import type { GateSettings } from './settings.js';
import { findSides } from './sides/sides.js';
import { Trial } from './judge/trial.js';
import type { KnownNames } from './judge/waivers.js';

/** The two sides of a report. */
export interface SideReports {
  readonly base?: SideReport;
  readonly head?: SideReport;
}

/** Folders that are ready to be measured, with notes on them. */
interface Prepared {
  readonly folders: Folders;
  readonly sides: SideReports;
  readonly notes: readonly string[];
}

/** New scenarios get only this many rounds: nothing is decided from them. */
const ROUNDS_OF_NEW = 3;
/** Estimated duration of a round, until one has been measured. */
const ROUND_SECONDS = 4.5;
const LINE_EVERY_MS = 10_000;

/**
 * Runs a gate.
 *
 * @param commandFor - Formats the command line that repeats it, once the sides are known.
 * @throws UsageError @throws BuildError @throws Error if it can't be carried out
 */
export async function runGate(
  settings: GateSettings,
  commandFor: (sides: SideReports) => string,
  surroundings: GateSurroundings,
): Promise<GateReport> {
  const startedAt = new Date();
  const startMs = performance.now();
  const environment = readEnvironment();
  const gate = new Gate(settings, surroundings, environment);
  const { sides, notes } = await gate.run();
  const busy = describeBusy(environment);
  const course = { isStrict: settings.isStrict, isInterrupted: surroundings.signal.aborted };
  const {
    scenarios,
    budgets,
    notes: ofWaivers,
  } = withWaivers(gate, settings.waivers, startedAt, namesIn(settings.config));
  const { hasErrors } = gate;
  return {
    schema: GATE_SCHEMA,
    command: commandFor(sides),
    startedAt: startedAt.toISOString(),
    seconds: (performance.now() - startMs) / 1000,
    environment,
    ...sides,
    ...overall([...scenarios, ...budgets], { ...course, hasErrors }),
    ...course,
    scenarios,
    budgets,
    notes: [...(busy === undefined ? [] : [busy]), ...notes, ...ofWaivers].map(oneLine),
  };
}

/** Names of the configured scenarios and budgets, measured this time or not. */
function namesIn({ scenarios = [], budgets = [] }: GateConfig): KnownNames {
  return {
    scenarios: scenarios.map(({ name, run }) => name ?? run),
    budgets: budgets.map(({ name }) => name),
  };
}

class Gate {
  readonly scenarios: ScenarioReport[] = [];
  readonly budgets: BudgetReport[] = [];
  /** True if something could not be measured. */
  hasErrors = false;
  readonly #environment: Environment;
  readonly #settings: GateSettings;
  readonly #surroundings: GateSurroundings;
  readonly #progress: Progress;
  readonly #round: RoundSurroundings;
  /** Time of the last progress line, if there is no terminal. */
  #shownMs = -Infinity;

  constructor(settings: GateSettings, surroundings: GateSurroundings, environment: Environment) {
    this.#environment = environment;
    const { screen, paint, signal, janitor } = surroundings;
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#progress = new Progress(screen, paint);
    this.#round = {
      random: randomFrom(settings.seed),
      signal,
      watch: (processId) => janitor.endGroup(processId),
    };
  }

  /** Runs until the end or an interruption. Budgets come first: they are quick, so their errors show early. */
  async run(): Promise<Pick<Prepared, 'sides' | 'notes'>> {
    const { signal } = this.#surroundings;
    this.budgets.push(...(await measureBudgets(this.#settings.budgets, this.#surroundings)));
    let prepared: Prepared | undefined;
    let notes: readonly string[] = [];
    try {
      signal.throwIfAborted();
      prepared = await this.#prepare();
      notes = await this.#compare(prepared.folders);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#progress.stop();
    }
    return { sides: prepared?.sides ?? {}, notes: [...(prepared?.notes ?? []), ...notes] };
  }

  /** Prepares the sides, if there is something to compare. */
  async #prepare(): Promise<Prepared> {
    const { targets, baseline, base, head, isAA, build } = this.#settings;
    const { directory, janitor, signal } = this.#surroundings;
    if (targets.length === 0) return { folders: { head: directory }, sides: {}, notes: [] };
    if (baseline !== undefined) {
      const { path, report } = baseline;
      const stored = { ref: path, ...(report.head?.commit && { commit: report.head.commit }) };
      const sides = { base: stored, head: { ref: 'this folder' } };
      return { folders: { head: directory }, sides, notes: [] };
    }
    const found = await findSides({
      directory,
      isAA,
      ...(base !== undefined && { base }),
      ...(head !== undefined && { head }),
    });
    const sides = await checkOutSides(found, {
      janitor,
      signal,
      ...(build !== undefined && { commands: build }),
      onStep: (step) => this.#progress.say(step),
    });
    return {
      folders: { base: sides.base.directory, head: sides.head.directory },
      sides: { base: sideOf(sides.base), head: sideOf(sides.head) },
      notes: found.notes,
    };
  }

  /** Judges all requested scenarios. @returns Notes for the reader. */
  async #compare(folders: Folders): Promise<readonly string[]> {
    const { targets, config, filter, baseline, looks, limitSeconds } = this.#settings;
    const asked = { ...config, looks, limitSeconds };
    const { trials: all, notes } = await planTrials(targets, folders, asked, this.#round);
    if (all.length === 0) return notes;
    checkFilter(
      all.map(({ name }) => name),
      filter,
    );
    const plans = all.filter(({ name }) => isChosen(name, filter));
    // The trials of each scenario without a verdict; an interruption reports the last one that has a round.
    const open = new Map(plans.map((plan) => [plan.name, [new Trial(plan)]]));
    const fresh = ({ plan }: Trial): Trial => {
      const trial = new Trial(plan);
      open.get(plan.name)?.push(trial);
      return trial;
    };
    const onJudged = (outcome: Outcome): void => {
      const { trial, why } = outcome;
      open.delete(trial.plan.name);
      if (why.kind === 'broken') this.hasErrors = true;
      const report =
        baseline === undefined || why.kind === 'broken'
          ? reportScenario(outcome)
          : reportAgainst(baseline, trial, this.#environment);
      this.scenarios.push({ ...report, reason: oneLine(report.reason) });
    };
    try {
      await runTrials([...open.values()].flat(), fresh, onJudged, {
        ...this.#round,
        roundsOfNew: baseline === undefined ? ROUNDS_OF_NEW : BASELINE_ROUNDS,
        onRound: (trial, stage, rounds) => this.#show(trial, stage, rounds),
      });
      return notes;
    } catch (error) {
      if (!this.#surroundings.signal.aborted) throw error;
      const left = [...open.values()].map(
        (trials) => trials.findLast(({ rounds }) => rounds.length > 0) ?? trials[0],
      );
      this.scenarios.push(...left.flatMap((trial) => (trial ? [reportInterrupted(trial)] : [])));
      return notes;
    }
  }

  /** Updates one line on a terminal; elsewhere writes a line when a trial starts, then one every ten seconds. */
  #show(trial: Trial, stage: Stage, rounds: number): void {
    const done = trial.rounds.length;
    const seconds = done === 0 ? ROUND_SECONDS : trial.seconds / done;
    const round = `${stage === 'screened' ? 'screening round' : 'round'} ${done + 1} of ${rounds}`;
    const { name } = trial.plan;
    if (this.#surroundings.screen.isTTY === true) {
      this.#progress.begin(round, seconds, seconds * (rounds - done - 1));
      this.#progress.update(name);
      return;
    }
    const nowMs = performance.now();
    if (done > 0 && nowMs - this.#shownMs < LINE_EVERY_MS) return;
    this.#shownMs = nowMs;
    const leftSeconds = Math.min(
      seconds * (rounds - done),
      Math.max(seconds, trial.plan.limitSeconds - trial.seconds),
    );
    this.#progress.say(`${name}: ${round}, up to ${formatSeconds(Math.ceil(leftSeconds))} left`);
  }
}

function sideOf({ ref, commit }: SideReport): SideReport {
  return { ref, ...(commit !== undefined && { commit }) };
}
