import { describe, expect, test } from 'vitest';
import { describeGate } from '../../../../bench/gate/report/describe.js';
import type { GateReport } from '../../../../bench/gate/model/report.js';
import { renderDocument } from '../../../../bench/report/terminal/document.js';
import { plain, widthOf } from '../../../../bench/report/terminal/paint.js';
import {
  BUDGETS,
  FAILING,
  INCONCLUSIVE,
  metric,
  NEW,
  REPORTS,
  report,
  scenario,
  UNKNOWN,
} from './reports.js';

function linesOf(of: GateReport): string[] {
  return renderDocument(describeGate(of), plain);
}

/** Joins the lines: line breaks don't matter. */
function flat(of: GateReport): string {
  return linesOf(of).join(' ').replaceAll(/\s+/g, ' ');
}

describe.each(Object.entries(REPORTS))('a report in a terminal: %s', (_, of) => {
  test('the verdict is first, the command last', () => {
    const lines = linesOf(of);
    expect(lines[1]).toMatch(new RegExp(`^${of.verdict.toUpperCase()}: [a-z0-9]`));
    expect(lines.at(-1)).toBe(`npx ${of.command}`);
  });

  test('no line is wider than 80 columns or ends in blanks', () => {
    for (const line of linesOf(of)) {
      expect(line).toSatisfy((each: string) => widthOf(each) <= 80);
      expect(line).toBe(line.trimEnd());
    }
  });

  test('every reason, note and waiver is reported', () => {
    const text = flat(of);
    for (const { reason } of of.scenarios) expect(text).toContain(reason);
    for (const { reason, verdict } of of.budgets) {
      if (verdict !== 'pass') expect(text).toContain(reason);
    }
    for (const note of of.notes) expect(text).toContain(note);
    for (const { waiver } of [...of.scenarios, ...of.budgets]) {
      if (waiver !== undefined) expect(text).toContain(`Waived until ${waiver.until}: `);
    }
  });
});

test('what decides and what only advises are told apart by words', () => {
  const lines = linesOf(report([FAILING]));
  const verdicts = (label: string) =>
    lines
      .filter((line) => line.startsWith(label))
      .map((line) => / (\w+( worse)?)$/.exec(line)?.[1]);
  expect(verdicts('CPU per job ')).toEqual(expect.arrayContaining(['FAIL', 'FAIL']));
  expect(verdicts('p50 latency')).toEqual(['worse', 'worse']);
  expect(verdicts('peak memory')).toEqual(['no worse', 'no worse']);
  expect(flat(report([FAILING]))).toContain(
    'Informational (does not affect the verdict): p50 latency, p99 latency and peak memory.',
  );
});

test('an effect has its interval below it, and a metric without a base has none', () => {
  const lines = linesOf(report([FAILING, NEW]));
  const at = lines.findIndex((line) =>
    /^CPU per job +12\.30 µs +13\.83 µs +12\.4 % more +FAIL$/.test(line),
  );
  expect(lines[at + 1]).toMatch(/^ +\+11\.7 to \+13\.2$/);
  expect(lines.some((line) => /^CPU per job +- +12\.30 µs +- +NEW$/.test(line))).toBe(true);
});

test('the minimum detectable effect is reported for what is not decided', () => {
  const words = 'CPU per job: minimum detectable effect 7.2 % (80 % power).';
  expect(flat(report([INCONCLUSIVE]))).toContain(words);
  expect(flat(report([{ ...INCONCLUSIVE, verdict: 'pass' }]))).toContain(words);
  expect(flat(report([scenario('x')]))).not.toContain('detectable');
});

test('controls are a table where one has moved, and a sentence where none has', () => {
  expect(flat(report([INCONCLUSIVE]))).toMatch(
    /A\/A check: CPU per job 4\.1 % more < 0\.001 moved \+3\.0 to \+5\.3 reference work: CPU per job 0\.1 % more 0\.620 not significant/,
  );
  expect(flat(report([scenario('x')]))).toContain(
    'Controls OK: none moved. A/A check of CPU per job: no change, not significant; reference work',
  );
  expect(flat(report([NEW]))).not.toMatch(/[Cc]ontrol/);
});

test('of several scenarios the most affected metric is shown, one with its verdict first', () => {
  const unclear = metric('throughput', 0.137, { verdict: 'inconclusive' });
  const odd = scenario('x', { verdict: 'fail', metrics: [unclear, metric('cpu', 0.124)] });
  expect(linesOf(report([odd, scenario('y')])).join('\n')).toMatch(
    /^x +FAIL +CPU per job +12\.4 % more$/m,
  );
  expect(flat(report([odd]))).not.toContain('most affected');
});

test('a scenario that broke in screening has not passed it', () => {
  const screened = { stage: 'screened', seconds: 30 } as const;
  const broken = { ...screened, verdict: 'inconclusive', reason: 'Head: it broke.' } as const;
  const text = flat(report([scenario('a', screened), scenario('b', broken)]));
  expect(text).toContain('rounds, passed in screening; 30 s.');
  expect(text).toContain('rounds of screening; 30 s.');
});

test('limits and what was measured are in their units', () => {
  const lines = linesOf(report([], { budgets: BUDGETS })).join('\n');
  expect(lines).toMatch(/min 5\.00 +15\.3 +PASS$/m);
  expect(lines).toMatch(/max 10\.0 % +14\.2 % +FAIL$/m);
  expect(lines).toMatch(/12\.1 %–15\.5 %$/m);
  expect(lines).toMatch(/min 1 B, max 4,096 KB +- +INCONCLUSIVE$/m);
});

test('limits are plain numbers where nobody knows their unit', () => {
  const budgets = [{ ...UNKNOWN, atLeast: 1_234_567, atMost: 2e6 }];
  expect(flat(report([], { budgets }))).toMatch(/min 1234567, max 2000000 - INCONCLUSIVE/);
});

test('what is said of a budget names it once', () => {
  const said = flat(report([], { budgets: BUDGETS }));
  expect(said).toContain("- 'growth of memory under overload' is 14.2 %");
});

test('head is named before base, and a commit as short as git has it', () => {
  expect(flat(REPORTS.pass)).toContain(
    'HEAD (d6c45c5) against main (7290fa0). The gate took 132 s.',
  );
  expect(flat(REPORTS.baseline)).toContain(
    'this folder against baseline.json (7290fa0). The gate took 132 s.',
  );
  expect(flat(REPORTS.budgets)).toContain('This installation. The gate took 132 s.');
});
