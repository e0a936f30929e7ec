/**
 * How many rounds trials get and how they end, with rounds that are written down instead of measured;
 * `schedule.process.test.ts` judges real ones.
 */
import { expect, test } from 'vitest';
import {
  runTrials,
  type TrialSurroundings,
  type Outcome,
  screeningRounds,
} from '../../../../bench/gate/judge/schedule.js';
import { Trial } from '../../../../bench/gate/judge/trial.js';
import type { Arm, ArmName } from '../../../../bench/gate/measure/round.js';
import type { Look } from '../../../../bench/gate/model/looks.js';
import type { Limits } from '../../../../bench/gate/model/thresholds.js';
import { randomFrom } from '../../../../bench/math/random.js';
import { side } from './rounds.js';

/** Four rounds of three processes can speak at 1 in 81. */
const looks: readonly Look[] = [
  { rounds: 4, failAlpha: 0.02, passAlpha: 0.02 },
  { rounds: 5, failAlpha: 0.02, passAlpha: 0.02 },
];
const limits: Limits = { minEffect: 0.03, maxEffect: 0.05 };
const noise = randomFrom(1);

/** The time of a job of an arm, in ms, with a noise of 1 %; or a reason why it can't be measured. */
interface Script {
  readonly ms: number | Error;
  readonly answer: string;
}

const script = ({ directory }: Arm): Script => JSON.parse(directory) as Script;

/** A round of what is written down. */
const measure: NonNullable<TrialSurroundings['measure']> = async (arms) => {
  const measured = arms.map((arm) => {
    const { ms, answer } = script(arm);
    if (typeof ms !== 'number') throw new Error('It has no such job.');
    const block = { cpu: ms * (1 + noise() / 100) };
    return [arm.name, side([block, block], { checksum: answer })] as const;
  });
  return Object.fromEntries(measured);
};

/** A trial whose sides take so long for a job, and answer so. */
function trial(
  name: string,
  times: Partial<Record<ArmName, number | string>>,
  changes: { answerOfHead?: string; mayDiffer?: boolean } = {},
): Trial {
  const { answerOfHead = 'the same', mayDiffer = false } = changes;
  return new Trial({
    name,
    timing: { blocks: 2, blockMs: 20, warmUpMs: 20, limitMs: 1000 },
    mayDiffer,
    judged: new Map([['cpu', limits]]),
    arms: Object.entries(times).map(([side_, ms]) => ({
      name: side_ as ArmName,
      directory: JSON.stringify({ ms, answer: side_ === 'head' ? answerOfHead : 'the same' }),
      spec: { kind: 'task', module: 'none', name: 'none' } as never,
    })),
  });
}

async function judgeAll(
  trials: readonly Trial[],
  changes: Partial<TrialSurroundings> = {},
  limitSeconds = () => 1000,
) {
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
      looks,
      get limitSeconds() {
        return limitSeconds();
      },
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
  const { outcomes } = await judgeAll([trial('it', slow)], { looks: strict });
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
  // Five rounds fit, and six do not: the first look can't decide, the last one can.
  const strict: readonly Look[] = [
    { rounds: 4, failAlpha: 0.001, passAlpha: 0.001 },
    { rounds: 1000, failAlpha: 0.02, passAlpha: 0.02 },
  ];
  const own = trial('slow', slow);
  const { outcomes } = await judgeAll([own], { looks: strict }, () =>
    own.rounds.length < 5 ? 1000 : own.seconds,
  );
  expect(outcomes.get('slow')?.verdict).toBe('fail');
  expect(own.rounds).toHaveLength(5);
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
  // Holm's strictest step can be reached, with one round that is not like the others.
  expect(2 ** -(rounds - 1)).toBeLessThanOrEqual(0.05 / scenarios);
});
