/**
 * Renders a gate as JUnit XML, in the form that GitLab, Jenkins and the reporters of GitHub read: one suite with the
 * cases of `junit-cases.ts`.
 *
 * Invariants: no text can break the XML; elements and attributes are those of Jenkins' junit-10.xsd, `time` is in
 * seconds and `timestamp` has no fractions.
 */
import { type Case, casesOf, type Outcome, SUITE } from './junit-cases.js';
import type { GateReport } from '../model/report.js';
import { formatSide, formatVerdict } from '../model/wording.js';

/** The whole file. */
export function renderJunit(report: GateReport): string {
  const cases = casesOf(report);
  const count = (wanted: Outcome): number =>
    cases.filter(({ outcome }) => outcome === wanted).length;
  const totals = {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    time: report.seconds.toFixed(3),
  };
  const suite = {
    name: SUITE,
    ...totals,
    skipped: count('skipped'),
    timestamp: report.startedAt.slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: SUITE, ...totals })}>`,
    `  <testsuite${attributes(suite)}>`,
    '    <properties>',
    ...propertiesOf(report).map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    '    </properties>',
    ...cases.flatMap((each) => renderCase(each)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function renderCase({ outcome, group, name, seconds, verdict, reason, output }: Case): string[] {
  const type = formatVerdict(verdict);
  const verdictLine =
    outcome === 'passed' ? [] : [`      <${outcome}${attributes({ type, message: reason })}/>`];
  return [
    `    <testcase${attributes({ classname: group, name, time: seconds.toFixed(3) })}>`,
    ...verdictLine,
    ...(output.length === 0
      ? []
      : [`      <system-out>${escapeXml(output.join('\n'))}</system-out>`]),
    '    </testcase>',
  ];
}

function propertiesOf({ command, base, head, environment }: GateReport): [string, string][] {
  return [
    ['command', command],
    ...(base === undefined ? [] : [['base', formatSide(base)] as [string, string]]),
    ...(head === undefined ? [] : [['head', formatSide(head)] as [string, string]]),
    ['node', environment.node],
    ['cpu', environment.cpu],
  ];
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\r': '&#13;',
};

/** Escapes a text, without what XML 1.0 can't represent: most control characters, lone surrogates. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll(/[&<>"\t\r]/g, (sign) => ENTITIES[sign] as string);
}
