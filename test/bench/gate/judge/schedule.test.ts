/**
 * Checks how many rounds trials get and how they end, with scripted rounds; `schedule.process.test.ts` measures real
 * ones.
 */
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  runTrials,
  type TrialSurroundings,
  type Outcome,
  screeningRounds,
} from '../../../../bench/gate/judge/schedule.js';
import { Trial, type TrialPlan } from '../../../../bench/gate/judge/trial.js';
import type { Arm, ArmName } from '../../../../bench/gate/measure/round.js';
import type { Look } from '../../../../bench/gate/model/looks.js';
import type { Limits } from '../../../../bench/gate/model/thresholds.js';
import { randomFrom } from '../../../../bench/math/random.js';
import { side } from './rounds.js';

/** Four rounds of three processes reach p = 1/81 at best. */
const looks: readonly Look[] = [
  { rounds: 4, failAlpha: 0.02, passAlpha: 0.02 },
  { rounds: 5, failAlpha: 0.02, passAlpha: 0.02 },
];
const limits: Limits = { minEffect: 0.03, maxEffect: 0.05 };
const noise = randomFrom(1);

/** The script of an arm: the time of a job in ms (or an error, so that it can't be measured) and its answer. */
interface Script {
  readonly ms: number | Error;
  readonly answer: string;
}

const script = ({ directory }: Arm): Script => JSON.parse(directory) as Script;

/** Measures a scripted round, with noise of up to 1 %. */
const measure: NonNullable<TrialSurroundings['measure']> = async (arms) => {
  const measured = arms.map((arm) => {
    const { ms, answer } = script(arm);
    if (typeof ms !== 'number') throw new Error('It has no such job.');
    const block = { cpu: ms * (1 + noise() / 100) };
    return [
      arm.name,
      side([block, block], { answers: [{ input: '#1', fingerprint: answer, preview: answer }] }),
    ] as const;
  });
  return Object.fromEntries(measured);
};

/** A trial whose sides take the given times per job; all answer the same unless changed. */
function trial(
  name: string,
  times: Partial<Record<ArmName, number | string>>,
  changes: { answerOfHead?: string } & Partial<TrialPlan> = {},
): Trial {
  const { answerOfHead = 'the same', ...planned } = changes;
  return new Trial({
    name,
    timing: { blocks: 2, blockMs: 20, warmUpMs: 20, limitMs: 1000 },
    looks,
    limitSeconds: 1000,
    mayDiffer: false,
    judged: new Map([['cpu', limits]]),
    ...planned,
    arms: Object.entries(times).map(([side_, ms]) => ({
      name: side_ as ArmName,
      directory: JSON.stringify({ ms, answer: side_ === 'head' ? answerOfHead : 'the same' }),
      spec: { kind: 'task', module: 'none', name: 'none' } as never,
    })),
  });
}

async function judgeAll(trials: readonly Trial[], changes: Partial<TrialSurroundings> = {}) {
  const outcomes = new Map<string, Outcome>();
  const fresh: Trial[] = [];
  await runTrials(
    trials,
    ({ plan }) => {
      const again = new Trial(plan);
      fresh.push(again);
      return again;
    },
    (outcome) => outcomes.set(outcome.trial.plan.name, outcome),
    {
      roundsOfNew: 2,
      onRound: () => {},
      random: randomFrom(1),
      signal: new AbortController().signal,
      watch: async () => async () => {},
      measure,
      ...changes,
    },
  );
  return { outcomes, fresh };
}

/** `measure` on a fake clock: the n-th round of each scenario takes `secondsOf(n)`. */
function timed(
  secondsOf: (n: number) => number,
  durations = new Map<string, number[]>(),
): NonNullable<TrialSurroundings['measure']> {
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => clock.mockRestore());
  return async (arms, ...rest) => {
    const own = durations.get(arms[0]?.directory as string) ?? [];
    durations.set(arms[0]?.directory as string, [...own, secondsOf(own.length + 1)]);
    nowMs += secondsOf(own.length + 1) * 1000;
    return await measure(arms, ...rest);
  };
}

const same = { base: 10, control: 10, head: 10 };
const slow = { base: 10, control: 10, head: 12 };

test('what is slower fails at the first look, what is not passes', async () => {
  for (const [times, expected] of [
    [slow, 'fail'],
    [same, 'pass'],
  ] as const) {
    const { outcomes } = await judgeAll([trial('it', times)]);
    const { verdict, stage, trial: own } = outcomes.get('it') as Outcome;
    expect({ verdict, stage, rounds: own.rounds.length }).toEqual({
      verdict: expected,
      stage: 'single',
      rounds: 4,
    });
  }
});

test('what neither look can tell is inconclusive after the last one', async () => {
  const strict = looks.map(({ rounds }) => ({ rounds, failAlpha: 0.001, passAlpha: 0.001 }));
  const { outcomes } = await judgeAll([trial('it', slow, { looks: strict })]);
  const { verdict, why, trial: own } = outcomes.get('it') as Outcome;
  expect({ verdict, kind: why.kind, rounds: own.rounds.length }).toEqual({
    verdict: 'inconclusive',
    kind: 'looks',
    rounds: 5,
  });
});

test('of several the screening clears what is the same, and suspects are tried on fresh rounds', async () => {
  const { outcomes, fresh } = await judgeAll([
    trial('same', same),
    trial('slow', slow),
    trial('new', { head: 10 }),
  ]);
  expect([...outcomes].map(([name, { verdict, stage }]) => [name, verdict, stage])).toEqual([
    ['same', 'pass', 'screened'],
    ['slow', 'fail', 'confirmed'],
    ['new', 'inconclusive', 'single'],
  ]);
  expect(fresh.map(({ plan }) => plan.name)).toEqual(['slow']);
  expect(outcomes.get('slow')?.trial).toBe(fresh[0]);
  expect(outcomes.get('slow')?.trial.rounds).toHaveLength(4);
  expect(outcomes.get('same')?.trial.rounds).toHaveLength(screeningRounds(2));
  expect(outcomes.get('new')?.trial.rounds).toHaveLength(2);
});

test('wrong answers end a trial after two rounds, unless they are meant', async () => {
  const { outcomes } = await judgeAll([trial('wrong', same, { answerOfHead: 'another' })]);
  expect(outcomes.get('wrong')).toMatchObject({ verdict: 'fail', why: { kind: 'wrongAnswers' } });
  expect(outcomes.get('wrong')?.trial.rounds).toHaveLength(2);
  const changes = { answerOfHead: 'another', mayDiffer: true };
  const meant = await judgeAll([trial('meant', same, changes)]);
  expect(meant.outcomes.get('meant')?.verdict).toBe('pass');
});

test('where the time is over between two looks, the last one is taken then', async () => {
  // Five rounds fit, six don't: the first interim analysis can't decide, the last one can.
  const strict: readonly Look[] = [
    { rounds: 4, failAlpha: 0.001, passAlpha: 0.001 },
    { rounds: 1000, failAlpha: 0.02, passAlpha: 0.02 },
  ];
  const own = trial('slow', slow, { looks: strict, limitSeconds: 5.5 });
  const { outcomes } = await judgeAll([own], { measure: timed(() => 1) });
  expect(outcomes.get('slow')?.verdict).toBe('fail');
  expect(own.rounds).toHaveLength(5);
});

test('each trial has as many rounds as its own looks ask for', async () => {
  const own = trial('it', same, { looks: [{ rounds: 8, failAlpha: 0, passAlpha: 1 }] });
  await judgeAll([own]);
  expect(own.rounds).toHaveLength(8);
});

test('what can not be measured holds up no other one', async () => {
  const { outcomes } = await judgeAll([
    trial('broken', { ...same, head: 'nothing' }),
    trial('same', same),
  ]);
  expect(outcomes.get('broken')).toMatchObject({
    verdict: 'inconclusive',
    why: { kind: 'broken', error: { message: 'It has no such job.' } },
  });
  expect(outcomes.get('same')?.verdict).toBe('pass');
});

test('an interruption is passed on, not taken for something that can not be measured', async () => {
  const abort = new AbortController();
  const reason = new Error('interrupted');
  const interrupted = {
    signal: abort.signal,
    measure: async () => {
      abort.abort(reason);
      throw reason;
    },
  };
  await expect(judgeAll([trial('it', same)], interrupted)).rejects.toBe(reason);
  const two = [trial('it', same), trial('other', same)];
  await expect(judgeAll(two, interrupted)).rejects.toBe(reason);
});

test.each([
  [2, 7],
  [4, 8],
  [30, 11],
])('%i scenarios are screened with %i rounds', (scenarios, rounds) => {
  expect(screeningRounds(scenarios)).toBe(rounds);
  // Holm's strictest step is within reach, even if one round differs from the others.
  expect(2 ** -(rounds - 1)).toBeLessThanOrEqual(0.05 / scenarios);
});

test.each([
  { rounds: 'of three seconds', secondsOf: () => 3 },
  { rounds: 'that get longer', secondsOf: (n: number) => n },
  { rounds: 'with an outlier', secondsOf: (n: number) => (n % 4 === 3 ? 30 : 1) },
  { rounds: 'longer than all of the time', secondsOf: () => 40 },
])('one analysis takes at most one round more than its time: $rounds', async ({ secondsOf }) => {
  const durations = new Map<string, number[]>();
  const measured = timed(secondsOf, durations);
  const wide: Limits = { minEffect: 0.03, maxEffect: 0.031 };
  const undecided = (name: string): Trial => {
    const { plan } = trial(name, { base: 10, control: 10, head: 10.3 });
    return new Trial({ ...plan, judged: new Map([['cpu', wide]]), limitSeconds: 20 });
  };
  for (const trials of [[undecided('one')], [undecided('one'), undecided('other')]]) {
    durations.clear();
    const { outcomes, fresh } = await judgeAll(trials, { measure: measured });
    expect(outcomes.size).toBe(trials.length);
    for (const each of [...trials, ...fresh]) {
      const longest = Math.max(...(durations.get(each.plan.arms[0]?.directory as string) ?? []));
      expect(each.seconds).toBeLessThanOrEqual(20 + longest);
    }
  }
});

test('while several are screened a round is told which others are due; later it is by itself', async () => {
  const seen: number[] = [];
  const telling: typeof measure = async (arms, timing, compares, surroundings, due = []) => {
    expect(due).toContain(arms);
    seen.push(due.length);
    return { ...(await measure(arms, timing, compares, surroundings)), shareMs: 500 };
  };
  const broken = trial('broken', { ...same, head: 'gone' });
  const trials = [trial('same', same), trial('slow', slow), broken];
  const { fresh } = await judgeAll(trials, { measure: telling });
  const rounds = screeningRounds(trials.length);
  // A scenario that can't be measured is due only once.
  expect(seen.slice(0, 3)).toEqual([3, 3, 3]);
  expect(seen.slice(3, 3 + 2 * (rounds - 1))).toEqual(Array(2 * (rounds - 1)).fill(2));
  expect(seen.slice(3 + 2 * (rounds - 1))).toEqual([1, 1, 1, 1]);
  // Each scenario is charged its share of a shared run.
  expect(fresh[0]?.seconds).toBe(2);
});

test('a scenario can have a way of its own to be measured', async () => {
  const { plan } = trial('it', same);
  const own: typeof measure = async (arms) => {
    const round = await measure(arms, plan.timing, false, { random: noise } as never);
    return { ...round, shareMs: 250 };
  };
  const { outcomes } = await judgeAll([new Trial({ ...plan, measure: own })], {
    measure: undefined as never,
  });
  expect(outcomes.get('it')?.trial.seconds).toBe(1);
});
