import { describe, expect, test } from 'vitest';
import { decide } from '../../../../bench/gate/judge/decision.js';
import { reportInterrupted, reportScenario } from '../../../../bench/gate/judge/scenario-report.js';
import type { Outcome } from '../../../../bench/gate/judge/schedule.js';
import { Trial } from '../../../../bench/gate/judge/trial.js';
import { DEFAULT_LOOKS } from '../../../../bench/gate/model/looks.js';
import type { Limits } from '../../../../bench/gate/model/thresholds.js';
import { randomFrom } from '../../../../bench/math/random.js';
import { side } from './rounds.js';

const limits: Limits = { minEffect: 0.03, maxEffect: 0.05 };
const [look] = DEFAULT_LOOKS;
const errors = look as NonNullable<typeof look>;

/** A trial whose head takes `head` times the CPU of base, and whose second run of base takes `control` times that. */
function trialOf(
  rounds: number,
  { head = 1, control = 1, answers = '' } = {},
  own: Limits = limits,
): Trial {
  const trial = new Trial({
    name: 'parse',
    timing: { blocks: 2, blockMs: 20, warmUpMs: 20, limitMs: 1000 },
    looks: DEFAULT_LOOKS,
    limitSeconds: 90,
    mayDiffer: false,
    judged: new Map([['cpu', own]]),
    arms: (['base', 'control', 'head'] as const).map((name) => ({
      name,
      directory: '',
      spec: { kind: 'task', module: 'none', task: 'none' },
    })),
  });
  const noise = randomFrom(3);
  const armOf = (times: number, result: string) => {
    const block = { cpu: 10 * times * (1 + noise() / 100) };
    return side([block, block], {
      ...(result !== '' && {
        answers: [{ input: 'a.md', fingerprint: result, preview: result.slice(0, 4) }],
      }),
    });
  };
  for (let round = 0; round < rounds; round += 1) {
    const base = answers === '' ? '' : 'same as ever';
    trial.add(
      { base: armOf(1, base), control: armOf(control, base), head: armOf(head, answers) },
      4000,
    );
  }
  return trial;
}

function outcome(trial: Trial, changes: Partial<Outcome>): Outcome {
  return {
    trial,
    stage: 'single',
    verdict: 'inconclusive',
    errors,
    why: { kind: 'looks' },
    ...changes,
  };
}

function decided(trial: Trial): Outcome {
  const decision = decide(trial.evidence(), errors);
  const verdict = decision.verdict === 'undecided' ? 'inconclusive' : decision.verdict;
  return outcome(trial, { decision, verdict });
}

test('a regression is reported with its interval, and levels that are apart by it', () => {
  const { verdict, reason, metrics, cause } = reportScenario(decided(trialOf(10, { head: 1.1 })));
  const [cpu] = metrics;
  expect(verdict).toBe('fail');
  expect(reason).toMatch(/^Regression in 10 rounds: CPU per job (9|10)\.\d % more \(95 % CI: /);
  expect((cpu?.head ?? 0) / (cpu?.base ?? 1) - 1).toBeCloseTo(cpu?.effect?.estimate ?? 0, 10);
  expect(cause).toBeUndefined();
});

test('a pass says what it excludes', () => {
  expect(reportScenario(decided(trialOf(10)))).toMatchObject({
    verdict: 'pass',
    reason: 'No regression > 5.0 % in CPU per job (10 rounds).',
  });
});

test('what is not decided has the minimum detectable effect', () => {
  // The effect is too large to exclude and too small to fail.
  const report = reportScenario(
    decided(trialOf(10, { head: 1.0465 }, { minEffect: 0.06, maxEffect: 0.0465 })),
  );
  expect(report.verdict).toBe('inconclusive');
  expect(report.reason).toMatch(
    /^Not decided by 10 rounds: CPU per job 4\.\d % more .* minimum detectable effect 6\.0 % \(80 % power\)\.$/,
  );
});

test('a control that moved is the cause', () => {
  const { reason, cause, controls } = reportScenario(
    decided(trialOf(10, { head: 1.2, control: 1.1 })),
  );
  expect(cause).toBe('control');
  expect(reason).toMatch(/^A control moved as well: A\/A check, CPU per job .* more/);
  expect(controls.some(({ hasMoved }) => hasMoved)).toBe(true);
});

describe('before the first analysis there is no estimate, no interval and no control', () => {
  test.each([
    ['time', { kind: 'time', neededSeconds: 78.2 }, 'Time budget exhausted after 2 rounds.'],
    ['results', { kind: 'wrongAnswers' }, "Head's results differ from base's"],
    [
      'broken',
      { kind: 'broken', error: new Error('no page') },
      'It could not be measured. no page',
    ],
  ] as const)('%s', (cause, why, begins) => {
    const verdict = cause === 'results' ? 'fail' : 'inconclusive';
    const report = reportScenario(outcome(trialOf(2, { head: 1.1 }), { why, verdict }));
    expect(report).toMatchObject({ verdict, cause, controls: [] });
    expect(report.reason.startsWith(begins)).toBe(true);
    expect(report.metrics[0]).not.toHaveProperty('effect');
    expect(report.metrics[0]).not.toHaveProperty('p');
    expect(report.metrics[0]?.base).toBeCloseTo(10, 0);
  });

  test('the seconds that are needed are rounded up', () => {
    const why = { kind: 'time', neededSeconds: 78.2 } as const;
    expect(reportScenario(outcome(trialOf(2), { why })).reason).toContain(
      'The next analysis needs --seconds 79 or more.',
    );
  });
});

test.each([
  ['other text', 'Input a.md gives same on base and othe on head.'],
  ['same but for its end', 'Input a.md gives same on both; they differ further in.'],
])('results that differ are shown with their input: %s', (answers, says) => {
  const why = { kind: 'wrongAnswers' } as const;
  const report = reportScenario(outcome(trialOf(2, { answers }), { why, verdict: 'fail' }));
  expect(report.reason).toContain(says);
});

test.each([
  [9, false],
  [12, true],
])('an interruption after %i rounds: has an estimate: %s', (rounds, hasEffect) => {
  const report = reportInterrupted(trialOf(rounds, { head: 1.1 }));
  expect(report).toMatchObject({
    verdict: 'inconclusive',
    cause: 'interrupted',
    reason: `Interrupted after ${rounds} rounds.`,
  });
  expect('effect' in (report.metrics[0] ?? {})).toBe(hasEffect);
});
