import { describe, expect, test } from 'vitest';
import type { GateReport } from '../../../../bench/gate/model/report.js';
import { renderGateMarkdown } from '../../../../bench/gate/report/markdown.js';
import { BUDGETS, FAILING, REPORTS, report, scenario } from './reports.js';

describe.each(Object.entries(REPORTS))('a report as Markdown: %s', (_, of) => {
  const text = renderGateMarkdown(of);

  test('the verdict is the first line, the command the last', () => {
    expect(text).toMatch(new RegExp(`^## ${of.verdict.toUpperCase()}: `));
    expect(text.endsWith(`\`\`\`sh\n${of.command}\n\`\`\`\n`)).toBe(true);
  });

  test('every scenario has a heading with its verdict, and every budget a row', () => {
    expect(text.match(/^### .*: [A-Z]+$/gm)?.length ?? 0).toBe(of.scenarios.length);
    expect(text.match(/^\| .* \| (min|max) .* \| [A-Z]+ \|$/gm)?.length ?? 0).toBe(
      of.budgets.length,
    );
  });
});

test('of several scenarios those that pass are folded, after all that has to be looked at', () => {
  const text = renderGateMarkdown(REPORTS.fail);
  const folded = text.slice(text.indexOf('<details><summary>2 scenarios pass</summary>'));
  expect(folded.indexOf('</details>')).toBeGreaterThan(folded.lastIndexOf('### '));
  expect(folded.match(/^### .*/gm)).toEqual([
    '### no-op, 256 in flight: PASS',
    expect.stringMatching(/^### \.\/benchmarks.*: PASS$/),
  ]);
  expect(text.indexOf('### Notes')).toBeLessThan(text.indexOf('<details>'));
});

test('that the machine was busy is said once', () => {
  const said = (of: GateReport): number =>
    renderGateMarkdown(of).split('machine was busy').length - 1;
  expect(said(REPORTS.fail)).toBe(1);
  expect(said({ ...REPORTS.fail, notes: [] })).toBe(1);
  expect(said(REPORTS.pass)).toBe(0);
});

test('a single scenario is never folded', () => {
  expect(renderGateMarkdown(REPORTS.interrupted)).not.toContain('<details>');
});

test('GitHub takes a gate of many scenarios as a comment, 65,536 characters', () => {
  const passing = Array.from({ length: 100 }, (_, at) => scenario(`scenario ${at}`));
  const text = renderGateMarkdown(report([FAILING, ...passing], { budgets: BUDGETS }));
  expect(text.length).toBeLessThan(65_536);
  // Failing scenarios keep their tables, passing ones only their verdicts.
  expect(text).toMatch(/^\| CPU per job \| .* FAIL \|$/m);
  expect(text.match(/^### scenario \d+: PASS$/gm)).toHaveLength(100);
  const failing = Array.from({ length: 100 }, (_, at) => ({ ...FAILING, name: `failing ${at}` }));
  const long = renderGateMarkdown(report(failing));
  expect(long.length).toBeLessThan(65_536);
  expect(long.match(/^Regression in 10 rounds: /gm)).toHaveLength(100);
});

test('no name, reason or note is markup', () => {
  const evil = '</details> <b>|`[x](y)';
  const text = renderGateMarkdown(
    report([scenario(evil, { reason: evil }), scenario('x')], {
      notes: [evil],
      head: { ref: evil },
      budgets: BUDGETS.map((budget) => Object.assign({}, budget, { name: evil, reason: evil })),
    }),
  );
  expect(text).not.toContain('<b');
  expect(text.match(/<\/details>/g)).toHaveLength(1);
  expect(text).not.toMatch(/(?<!\\)\[x/);
});
