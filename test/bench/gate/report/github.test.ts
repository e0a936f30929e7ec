import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeToGithub } from '../../../../bench/gate/report/github.js';
import type { GateReport } from '../../../../bench/gate/model/report.js';
import { renderGateMarkdown } from '../../../../bench/gate/report/markdown.js';
import { BUDGETS, FAILING, REPORTS, report, scenario } from './reports.js';

let folder: string;
let summary: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-github-'));
  summary = join(folder, 'summary.md');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The lines that are written to the screen. */
function told(of: GateReport, env: NodeJS.ProcessEnv): string[] {
  let output = '';
  writeToGithub(of, env, { write: (text: string) => (output += text) });
  return output.split('\n').slice(0, -1);
}

test('a fail is an error and what can not be judged a warning; a pass is neither', () => {
  const annotations = told(REPORTS.fail, { GITHUB_ACTIONS: 'true' });
  expect(annotations.map((line) => line.slice(0, line.lastIndexOf('::') + 2))).toEqual([
    '::error title=millrace gate%3A no-op%2C 16 in flight::',
    '::warning title=millrace gate%3A payload%2C 64 KB::',
    '::error title=millrace gate%3A growth of memory under overload::',
    '::warning title=millrace gate%3A bytes of a thread that waits::',
  ]);
  expect(annotations[0]).toMatch(/::Regression in 10 rounds: CPU per job 12\.4 %25 more \(/);
  expect(told(REPORTS.pass, { GITHUB_ACTIONS: 'true' })).toEqual([]);
  expect(told(REPORTS.baseline, { GITHUB_ACTIONS: 'true' })).toEqual([
    expect.stringMatching(
      /^::warning title=millrace gate%3A startup::The baseline is from another/,
    ),
    expect.stringMatching(
      /^::warning title=millrace gate%3A INCONCLUSIVE%2C 1 scenario is inconclusive::.*--strict makes it 3\.$/,
    ),
  ]);
});

test('that something could not be measured is an error', () => {
  expect(told(REPORTS.unmeasured, { GITHUB_ACTIONS: 'true' })).toEqual([
    expect.stringMatching(/^::warning title=millrace gate%3A payload%2C 64 KB::It could not be/),
    expect.stringMatching(/^::error title=millrace gate::Something could not be measured; /),
  ]);
});

test('what can not be judged is an error where the gate was strict', () => {
  const [first = ''] = told(REPORTS.strict, { GITHUB_ACTIONS: 'true' });
  expect(first).toMatch(/^::error title=millrace gate%3A payload%2C 64 KB::A control moved/);
  const failing = { ...REPORTS.fail, isStrict: true };
  expect(told(failing, { GITHUB_ACTIONS: 'true' }).join()).not.toContain('::warning');
});

test('no text can begin a command of its own', () => {
  const name = 'a::b, 100 %\r\n::error::c';
  const evil = report([
    scenario(name, { verdict: 'fail', reason: 'one %0A\r\n::set-env name=x::y' }),
  ]);
  expect(told(evil, { GITHUB_ACTIONS: 'true' })).toEqual([
    '::error title=millrace gate%3A a%3A%3Ab%2C 100 %25%0D%0A%3A%3Aerror%3A%3Ac::one %250A%0D%0A::set-env name=x::y',
  ]);
});

test('the Markdown is appended to what other steps have written', () => {
  writeFileSync(summary, 'before\n');
  told(REPORTS.one, { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary });
  expect(readFileSync(summary, 'utf8')).toBe(`before\n${renderGateMarkdown(REPORTS.one)}`);
});

test('a summary that can not be written is a warning', () => {
  const path = join(folder, 'missing', 'summary.md');
  const lines = told(REPORTS.pass, { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: path });
  expect(lines).toEqual([
    expect.stringMatching(
      /^::warning title=millrace gate::The job summary can't be written: ENOENT/,
    ),
  ]);
});

test.each([{ env: {} }, { env: { GITHUB_ACTIONS: 'false' } }, { env: { GITHUB_ACTIONS: '' } }])(
  'nothing is said or written elsewhere: $env',
  ({ env }) => {
    writeFileSync(summary, '');
    const of = report([FAILING], { verdict: 'fail', exitCode: 2, budgets: BUDGETS });
    expect(told(of, { ...env, GITHUB_STEP_SUMMARY: summary })).toEqual([]);
    expect(readFileSync(summary, 'utf8')).toBe('');
  },
);
