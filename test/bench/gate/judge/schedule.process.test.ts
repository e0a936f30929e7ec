/** Runs trials in real processes, with short blocks and differences that no machine's noise can hide. */
import { expect, test, vi } from 'vitest';
import {
  runTrials,
  type TrialSurroundings,
  type Outcome,
  screeningRounds,
} from '../../../../build/bench/gate/judge/schedule.js';
import type { Look } from '../../../../build/bench/gate/model/looks.js';
import type { MetricName } from '../../../../build/bench/gate/model/metrics.js';
import type { ArmName } from '../../../../build/bench/gate/measure/round.js';
import type { Limits } from '../../../../build/bench/gate/model/thresholds.js';
import { Trial, type TrialPlan } from '../../../../build/bench/gate/judge/trial.js';
import { randomFrom } from '../../../../build/bench/math/random.js';
import { IS_ALL } from '../../../helpers/extent.js';

// Rounds are slow on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const work = new URL('../../../../build/bench/jobs/cpu.js', import.meta.url).href;
const library = new URL('../../../../build/src/index.js', import.meta.url).href;
const timing = { blocks: 1, blockMs: 20, warmUpMs: 20, limitMs: 60_000 };
/** Four rounds of three processes reach p = 1/81 at best. */
const looks: readonly Look[] = [
  { rounds: 4, failAlpha: 0.02, passAlpha: 0.02 },
  { rounds: 5, failAlpha: 0.02, passAlpha: 0.02 },
];
/** A pass excludes a loss of more than 600 %. */
const generous: Limits = { minEffect: 0.5, maxEffect: 6 };

function trial(
  name: string,
  units: Partial<Record<ArmName, number>>,
  changes: { metrics?: readonly MetricName[] } & Partial<TrialPlan> = {},
): Trial {
  const { metrics = ['cpu'], ...planned } = changes;
  return new Trial({
    name,
    timing,
    looks,
    limitSeconds: 1000,
    mayDiffer: true,
    judged: new Map(metrics.map((metric) => [metric, generous])),
    ...planned,
    arms: Object.entries(units).map(([side, value]) => ({
      name: side as ArmName,
      directory: process.cwd(),
      spec: {
        kind: 'pool',
        module: work,
        name: 'work',
        input: { kind: 'values', values: [value] },
        threads: 1,
        load: { kind: 'closed', inFlight: 2 },
        library,
      },
    })),
  });
}

const surroundings: TrialSurroundings = {
  roundsOfNew: 2,
  onRound: () => {},
  random: randomFrom(1),
  signal: new AbortController().signal,
  watch: async () => async () => {},
};

async function judgeAll(trials: readonly Trial[]) {
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
    surroundings,
  );
  return { outcomes, fresh };
}

const same = { base: 100, control: 100, head: 100 };
const slow = { base: 100, control: 100, head: 1000 };

test('ten times the work fails at the first look', async () => {
  const { outcomes } = await judgeAll([trial('slow', slow)]);
  const { verdict, stage, trial: own } = outcomes.get('slow') as Outcome;
  expect({ verdict, stage, rounds: own.rounds.length }).toEqual({
    verdict: 'fail',
    stage: 'single',
    rounds: 4,
  });
  expect(own.seconds).toBeGreaterThan(0);
});

// `schedule.test.ts` covers all paths, with scripted rounds.
test.runIf(IS_ALL)('the same work passes', async () => {
  const { outcomes } = await judgeAll([trial('same', same)]);
  expect(outcomes.get('same')?.verdict).toBe('pass');
});

test.runIf(IS_ALL)(
  'of several the screening clears what is the same, suspects are tried on fresh rounds',
  async () => {
    const { outcomes, fresh } = await judgeAll([
      trial('same', same),
      trial('slow', slow),
      trial('new', { head: 100 }),
    ]);
    expect([...outcomes].map(([name, { verdict, stage }]) => [name, verdict, stage])).toEqual([
      ['same', 'pass', 'screened'],
      ['slow', 'fail', 'confirmed'],
      ['new', 'inconclusive', 'single'],
    ]);
    expect(fresh.map(({ plan }) => plan.name)).toEqual(['slow']);
    expect(outcomes.get('slow')?.trial).toBe(fresh[0]);
    expect(outcomes.get('same')?.trial.rounds).toHaveLength(screeningRounds(2));
    expect(outcomes.get('new')?.trial.rounds).toHaveLength(2);
  },
);

test('wrong answers end a trial when base has agreed with itself', async () => {
  const wrong = { base: 100, control: 100, head: 101 };
  const { outcomes } = await judgeAll([trial('wrong', wrong, { mayDiffer: false })]);
  expect(outcomes.get('wrong')).toMatchObject({ verdict: 'fail', why: { kind: 'wrongAnswers' } });
  expect(outcomes.get('wrong')?.trial.rounds).toHaveLength(2);
});

test('a trial whose first look can not fit into its time is told after one round', async () => {
  const { outcomes } = await judgeAll([trial('late', same, { limitSeconds: 1 })]);
  const { verdict, why, trial: own } = outcomes.get('late') as Outcome;
  expect({ verdict, kind: why.kind, rounds: own.rounds.length }).toEqual({
    verdict: 'inconclusive',
    kind: 'time',
    rounds: 1,
  });
  expect(why.kind === 'time' && why.neededSeconds).toBeGreaterThan(1);
});

test('what can not be measured says why', async () => {
  const broken = trial('broken', same);
  const [arm] = broken.plan.arms;
  const plan = {
    ...broken.plan,
    arms: broken.plan.arms.map((each) =>
      each === arm
        ? Object.assign({}, each, { spec: Object.assign({}, each.spec, { name: 'none' }) })
        : each,
    ),
  };
  const { outcomes } = await judgeAll([new Trial(plan)]);
  expect(outcomes.get('broken')).toMatchObject({
    verdict: 'inconclusive',
    why: { kind: 'broken' },
  });
});
