import { DOMParser, type Element, onWarningStopParsing } from '@xmldom/xmldom';
import { describe, expect, test } from 'vitest';
import { renderJunit } from '../../../../bench/gate/report/junit.js';
import type { GateReport } from '../../../../bench/gate/model/report.js';
import { FAILING, metric, REPORTS, report, scenario, WAIVED } from './reports.js';

/**
 * Attributes and children allowed in each element, after Jenkins' junit-10.xsd; required attributes precede the colon.
 */
const RULES: Readonly<Record<string, { attributes: string; children: string }>> = {
  testsuites: { attributes: ': name time tests failures errors', children: 'testsuite' },
  testsuite: {
    attributes: 'name tests failures errors: time skipped timestamp hostname id package',
    children: 'properties testcase system-out system-err',
  },
  properties: { attributes: ':', children: 'property' },
  property: { attributes: 'name value:', children: '' },
  testcase: {
    attributes: 'name: time classname group',
    children: 'skipped error failure system-out system-err',
  },
  skipped: { attributes: ': type message', children: '' },
  failure: { attributes: ': type message', children: '' },
  error: { attributes: ': type message', children: '' },
  'system-out': { attributes: ':', children: '' },
};

function parse(of: GateReport): Element {
  const parser = new DOMParser({ onError: onWarningStopParsing });
  return parser.parseFromString(renderJunit(of), 'text/xml').documentElement as Element;
}

function childrenOf(element: Element): Element[] {
  return [...element.childNodes].filter((node): node is Element => node.nodeType === 1);
}

function flawsOf(element: Element): string[] {
  const rule = RULES[element.tagName];
  if (rule === undefined) return [`${element.tagName} is not known`];
  const [required = [], optional = []] = rule.attributes
    .split(':')
    .map((names) => names.split(' ').filter((name) => name !== ''));
  const names = [...element.attributes].map(({ name }) => name);
  const children = childrenOf(element);
  return [
    ...required
      .filter((name) => !names.includes(name))
      .map((name) => `${element.tagName} lacks ${name}`),
    ...names
      .filter((name) => ![...required, ...optional].includes(name))
      .map((name) => `${element.tagName} has ${name}`),
    ...children
      .filter(({ tagName }) => !rule.children.split(' ').includes(tagName))
      .map(({ tagName }) => `${element.tagName} contains ${tagName}`),
    ...children.flatMap((child) => flawsOf(child)),
  ];
}

/** 'scenario: metric outcome' for each case. */
function outcomesOf(of: GateReport): string[] {
  return [...parse(of).getElementsByTagName('testcase')].map((each) => {
    const outcome = childrenOf(each).find(({ tagName }) => tagName !== 'system-out');
    const message =
      outcome === undefined ? 'passed' : `${outcome.tagName} ${outcome.getAttribute('type')}`;
    return `${each.getAttribute('classname')}: ${each.getAttribute('name')}, ${message}`;
  });
}

describe.each(Object.entries(REPORTS))('a report as XML: %s', (_, of) => {
  test('has only what readers know', () => {
    expect(flawsOf(parse(of))).toEqual([]);
  });

  test('counts its cases, and fails exactly where the gate does', () => {
    const root = parse(of);
    const [suite] = childrenOf(root) as [Element];
    const count = (tag: string) => root.getElementsByTagName(tag).length;
    for (const element of [root, suite]) {
      expect(Number(element.getAttribute('tests'))).toBe(count('testcase'));
      expect(Number(element.getAttribute('failures'))).toBe(count('failure'));
      expect(Number(element.getAttribute('errors'))).toBe(count('error'));
    }
    expect(Number(suite.getAttribute('skipped'))).toBe(count('skipped'));
    expect(count('failure') > 0).toBe(of.exitCode > 1);
    expect(count('error') > 0).toBe(of.exitCode === 1);
    expect(suite.getAttribute('timestamp')).toBe('2026-01-02T03:04:05');
  });

  test('times are seconds that the schema takes', () => {
    const times = [...renderJunit(of).matchAll(/ time="([^"]*)"/g)].map(([, time]) => time);
    expect(times.length).toBeGreaterThan(1);
    for (const time of times) expect(time).toMatch(/^\d+\.\d{3}$/);
  });
});

test('each judged metric and each budget is a case, advice is none', () => {
  expect(outcomesOf(REPORTS.fail)).toEqual([
    'no-op, 16 in flight: CPU per job, failure FAIL',
    'no-op, 16 in flight: throughput, failure FAIL',
    'no-op, 256 in flight: CPU per job, passed',
    'no-op, 256 in flight: throughput, passed',
    'payload, 64 KB: CPU per job, skipped INCONCLUSIVE',
    'payload, 64 KB: throughput, passed',
    'structured clone of large arrays: CPU per job, skipped WAIVED',
    'structured clone of large arrays: throughput, passed',
    'transfer lists: CPU per job, skipped NEW',
    'transfer lists: throughput, skipped NEW',
    expect.stringMatching(/^\.\/benchmarks.*: CPU per job, passed$/),
    expect.stringMatching(/^\.\/benchmarks.*: throughput, passed$/),
    'budgets: no-op jobs at 256 in flight: millrace ÷ piscina, passed',
    'budgets: growth of memory under overload, failure FAIL',
    'budgets: p99 of answers at half of the capacity, skipped WAIVED',
    'budgets: bytes of a thread that waits, skipped INCONCLUSIVE',
  ]);
});

test.each([
  {
    why: 'results that differ fail though no metric does',
    changes: { verdict: 'fail', metrics: [metric('cpu', 0)] },
    outcomes: ['x: scenario, failure FAIL', 'x: CPU per job, passed'],
  },
  {
    why: 'a control that moved takes a metric its verdict',
    changes: { verdict: 'inconclusive', metrics: [metric('cpu', 0.2)] },
    outcomes: ['x: CPU per job, skipped INCONCLUSIVE'],
  },
  {
    why: 'a waiver excuses the metric too',
    changes: { ...WAIVED, metrics: [metric('cpu', 0.2)], name: 'x' },
    outcomes: ['x: CPU per job, skipped WAIVED'],
  },
  {
    why: 'what one metric leaves open does not hold up a scenario that is excused',
    changes: {
      ...WAIVED,
      metrics: [
        metric('cpu', 0.2),
        metric('p50', 0.045, { isJudged: true, verdict: 'inconclusive' }),
      ],
      name: 'x',
    },
    outcomes: ['x: CPU per job, skipped WAIVED', 'x: p50 latency, skipped WAIVED'],
  },
  {
    why: 'only informational metrics',
    changes: { metrics: [metric('p99', 0.5)] },
    outcomes: ['x: scenario, passed'],
  },
] as const)('$why', ({ changes, outcomes }) => {
  const exitCode = changes.verdict === 'fail' ? 2 : 0;
  expect(outcomesOf(report([scenario('x', changes)], { exitCode }))).toEqual(outcomes);
});

test.each([
  { name: 'unmeasured', last: 'millrace gate: gate, error INCONCLUSIVE' },
  { name: 'interrupted', last: 'millrace gate: gate, skipped INCONCLUSIVE' },
  { name: 'nothing', last: 'millrace gate: gate, failure INCONCLUSIVE' },
  { name: 'excused', last: 'transfer lists: throughput, skipped NEW' },
  { name: 'strict', last: 'no-op, 256 in flight: throughput, passed' },
] as const)('what no scenario shows has a case of its own: $name', ({ name, last }) => {
  expect(outcomesOf(REPORTS[name]).at(-1)).toBe(last);
});

test('what can not be judged fails where the gate was strict', () => {
  const unclear = 'payload, 64 KB: CPU per job, failure INCONCLUSIVE';
  expect(outcomesOf(REPORTS.strict)[0]).toBe(unclear);
  expect(outcomesOf({ ...REPORTS.fail, isStrict: true })).toContain(unclear);
});

test("each case has its own metric's message", () => {
  const messages = [
    ...parse(report([FAILING], { verdict: 'fail', exitCode: 2 })).getElementsByTagName('failure'),
  ].map((failure) => failure.getAttribute('message') ?? '');
  expect(messages).toHaveLength(2);
  expect(messages[0]).toMatch(/^CPU per job 12\.4 % more \(95 % CI: .*\); FAIL exceeds 3\.0 %\.$/);
  expect(messages[1]).toMatch(/^throughput 13\.7 % slower \(95 % CI: .*\); FAIL exceeds 3\.0 %\.$/);
  const unclear = metric('throughput', 0.02, { verdict: 'inconclusive', detectable: 0.072 });
  const open = scenario('x', { verdict: 'inconclusive', metrics: [metric('cpu', 0), unclear] });
  const [skipped] = parse(report([open])).getElementsByTagName('skipped');
  expect(skipped?.getAttribute('message')).toMatch(
    /^Not decided: throughput 2\.0 % slower .* minimum detectable effect 7\.2 % \(80 % power\)\.$/,
  );
});

test('a reason and its waiver are the message, the figures the output', () => {
  const [first] = parse(report([WAIVED])).getElementsByTagName('testcase');
  const [skipped, output] = childrenOf(first as Element);
  expect(skipped?.getAttribute('message')).toMatch(
    /^CPU per job 6\.8 % more \(95 % CI: \+6\.1 to \+7\.6\); FAIL exceeds 3\.0 %\. Waived until 2026-12-31: /,
  );
  expect(output?.textContent).toContain('change: 6.8 % more (95 % CI: +6.1 to +7.6); + is worse');
});

test('every text comes out as it went in, but for what XML can not have', () => {
  const text = `<b a='1'>&amp;"]]>\t\r\n end 🙂`;
  const control = `\u0000\u001B[2J\uFFFE\uD800`;
  // As no metric failed, the scenario's own reason is reported.
  const metrics = [metric('cpu', 0)];
  const evil = { ...FAILING, metrics, name: text + control, reason: control + text };
  const [first] = parse(report([evil], { command: text })).getElementsByTagName('testcase');
  expect(first?.getAttribute('classname')).toBe(`${text}[2J`);
  expect(childrenOf(first as Element)[0]?.getAttribute('message')).toBe(`[2J${text}`);
  expect(
    parse(report([], { command: text }))
      .getElementsByTagName('property')[0]
      ?.getAttribute('value'),
  ).toBe(text);
});
