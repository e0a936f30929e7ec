import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BenchFile } from '../../../bench/report/bench-file.js';
import { compareFiles, type CompareTargets } from '../../../bench/compare/command.js';
import { UsageError } from '../../../bench/options/flags.js';
import { type Paint, plain } from '../../../bench/report/terminal/paint.js';
import { millrace } from '../../helpers/processes.js';
import { figure, result, run } from '../../helpers/runs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-compare-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function saved(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function compared(
  before: BenchFile,
  after: BenchFile,
  paint: Paint = plain,
  targets: CompareTargets = {},
): string {
  return compareFiles([saved('a.json', before), saved('b.json', after)], paint, targets);
}

/** Joins the lines: line breaks don't matter. */
function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

const before = run([
  result('overhead', [
    figure('no-op, 1 in flight: millrace', [10_000, 11_000, 12_000], 'perSecond', 'more'),
    figure('no-op, 1 in flight: piscina', [8000, 8100, 8200], 'perSecond', 'more'),
    figure('only here', [1, 2, 3]),
  ]),
  result('tail', [figure('p99', [10, 11, 12], 'milliseconds', 'less')]),
  result('sparse', []),
]);
const after = run([
  result('tail', [figure('p99', [5, 5.5, 6], 'milliseconds', 'less')]),
  result('overhead', [
    figure('no-op, 1 in flight: piscina', [8200, 8300, 9000], 'perSecond', 'more'),
    figure('new', [1, 2, 3]),
    figure('no-op, 1 in flight: millrace', [4000, 5000, 9999], 'perSecond', 'more'),
  ]),
  result('payload', []),
]);

describe('what is shown', () => {
  test('figures are paired by scenario and name, wherever they stand', () => {
    const text = compared(before, after);
    expect(text).toMatch(/^no-op, 1 in flight: millrace +11,000\/s +5,000\/s +0\.455 +slower$/m);
    expect(text).toMatch(/^ +10\.0k–12\.0k +4,000–9,999$/m);
    // The maximum of one equals the minimum of the other.
    expect(text).toMatch(
      /^no-op, 1 in flight: piscina +8,100\/s +8,300\/s +1\.02 +no difference$/m,
    );
    expect(text).toMatch(/^p99 +11\.0 ms +5\.50 ms +0\.500 +faster$/m);
    expect(text).toMatch(/^ +10\.0–12\.0 +5\.00–6\.00$/m);
  });

  test('what only one run has is reported', () => {
    const text = flat(compared(before, after));
    expect(text).toContain("Only 'before' has the metric 'only here'.");
    expect(text).toContain("Only 'after' has the metric 'new'.");
    expect(text).toContain("Only 'before' has the scenario 'sparse'.");
    expect(text).toContain("Only 'after' has the scenario 'payload'.");
  });

  test('of many that only one run has the first are named, and the others counted', () => {
    const figures = Array.from({ length: 9 }, (_, at) => figure(`f${at}`, [1]));
    const text = compared(run([result('overhead', figures)]), run([result('overhead', [])]));
    expect(flat(text)).toContain("has the metrics 'f0', 'f1', 'f2', 'f3' and 5 more.");
    expect(text).toContain('The two runs have no metric in common.');
  });

  test('the same name with another unit is another figure', () => {
    const one = run([result('tail', [figure('p99', [1], 'milliseconds')])]);
    const other = run([result('tail', [figure('p99', [1], 'seconds')])]);
    expect(compared(one, other)).toContain('The two runs have no metric in common.');
  });

  test('a run compared with itself differs nowhere', () => {
    const text = compared(before, before);
    expect(text).not.toMatch(/faster|slower|Caution|Only/);
    expect(text).toMatch(/1\.00 +no difference$/m);
  });

  test('good and bad are painted by what is better, whatever the word', () => {
    const names = ['faster', 'slower', 'more', 'less'] as const;
    const painted = (direction: 'more' | 'less') => {
      const at = (rounds: readonly number[]) =>
        run([
          result('x', [
            figure('rate', rounds, 'perSecond', 'more'),
            figure('latency', rounds, 'milliseconds', 'less'),
            figure('memory', rounds, 'bytes', 'less'),
            figure('number', rounds, 'count'),
          ]),
        ]);
      const [low, high] = [at([1, 2, 3]), at([4, 5, 6])];
      const [one, other] = direction === 'more' ? [low, high] : [high, low];
      const text = compared(one, other, (tone, words) => `<${tone} ${words}>`);
      return [...text.matchAll(/<(good|bad) (\w+)>|(?<= )(more|less)$/gm)]
        .map(([, tone, painted_, bare]) => `${tone ?? 'no'} ${painted_ ?? bare}`)
        .filter((each) => names.some((name) => each.endsWith(name)));
    };
    expect(painted('more')).toEqual(['good faster', 'bad slower', 'bad more', 'no more']);
    expect(painted('less')).toEqual(['bad slower', 'good faster', 'good less', 'no less']);
  });

  test.each([
    { rounds: [1, 1.1, 1.2], others: [2, 2.1, 2.2], says: '1.91 more' },
    { rounds: [1, 1.1, 1.2], others: [1.2, 2.1, 2.2], says: '1.91 no difference' },
    { rounds: [1, 1.1], others: [2, 2.1, 2.2], says: '2.00 no difference' },
    { rounds: [1, 1.1, 1.2], others: [2], says: '1.82 no difference' },
    { rounds: [0, 0, 0], others: [2, 2, 2], says: '- more' },
    { rounds: [-3, -2, -1], others: [-6, -5, -4], says: '- less' },
  ])('rounds $rounds against $others: $says', ({ rounds, others, says }) => {
    const [one, other] = [rounds, others].map((each) =>
      run([result('x', [figure('a figure', each, 'ratio')])]),
    ) as [BenchFile, BenchFile];
    const [line] = /^a figure.*$/m.exec(compared(one, other)) ?? [''];
    expect(flat(line)).toMatch(new RegExp(` ${says}$`));
  });

  test('how often chance alone sets equal figures apart goes by the rounds', () => {
    const once = (rounds: number): string => {
      const figures = [
        figure(
          'a',
          Array.from({ length: rounds }, () => 1),
        ),
      ];
      const one = run([result('x', figures)]);
      return /by chance once in (\d+) times/.exec(flat(compared(one, one)))?.[1] ?? '';
    };
    // The two extreme orders out of the C(2n, n) orders of all rounds.
    expect([once(3), once(4), once(5)]).toEqual(['10', '35', '126']);
  });

  test('no line is wider than 80 columns, however long the names and figures are', () => {
    const figures = [
      figure('80.0 %, short jobs, total, p999: a-pool-with-a-very-long-name', [123_456, 234_567]),
      figure(`render, ${'x'.repeat(100)}: ${'word '.repeat(30)}`, [0.001, 1000], 'milliseconds'),
      figure('memory', [1e6, 1e12], 'bytes'),
    ];
    const one = run([result('overhead', figures)], { cpu: 'A processor '.repeat(12).trim() });
    const text = compared(one, run([result('overhead', figures)]));
    for (const line of text.split('\n')) expect.soft(line.length, line).toBeLessThanOrEqual(80);
    // No part of a name is lost.
    expect(text.match(/x+/g)?.join('').length).toBeGreaterThanOrEqual(100);
  });
});

describe('what else may have made the difference stands above the tables', () => {
  const figures = [figure('a', [1, 2, 3])];
  const one = run([result('overhead', figures)]);

  test.each([
    {
      other: run([result('overhead', figures)], { cpu: 'Another', processors: 64 }),
      says: 'The machines differ: CPU A processor against Another; CPUs 2 against 64.',
    },
    {
      other: run([result('overhead', figures)], { cpuQuota: 1.5 }),
      says: 'The machines differ: CPU quota none against 1.50.',
    },
    {
      other: run([result('overhead', figures)], { node: 'v24.1.0' }),
      says: 'The versions differ: Node v20.19.0 against v24.1.0.',
    },
    {
      other: run([result('overhead', figures, { settings: { rounds: 5, seed: 7, filter: 'x' } })]),
      says: 'The settings of overhead differ: rounds 3 against 5; seed 1 against 7; filter none against x.',
    },
    {
      other: run([result('overhead', figures, { isInterrupted: true })]),
      says: "'after' was interrupted: its results of overhead cover the first part only.",
    },
    {
      other: run([result('overhead', figures, { failures: ['a: broken', 'b: broken'] })]),
      says: "In 'after' 2 of the measurements of overhead failed.",
    },
    {
      other: run([result('overhead', figures)], { loadAverage: 1.5 }),
      says: "In 'after' the machine was busy when the run began: a load average of 1.50 on 2 CPUs.",
    },
  ])('$says', ({ other, says }) => {
    const text = compared(one, other);
    expect(flat(text)).toContain(says);
    expect(text.indexOf('Caution')).toBeLessThan(text.indexOf('───'));
  });

  test('the versions of pools that both were compared with', () => {
    const versions = (pools: object) => run([result('overhead', figures, { versions: pools })]);
    const text = compared(
      versions({ tinypool: '2.2.0', gone: '1.0.0' }),
      versions({ tinypool: '3.0.0' }),
    );
    expect(flat(text)).toContain(
      "The versions of overhead's peers differ: tinypool 2.2.0 against 3.0.0.",
    );
  });

  test('another millrace is what is compared, and no warning', () => {
    const text = compared(one, run([result('overhead', figures)], { millrace: '0.2.0' }));
    expect(text).not.toContain('Caution');
    expect(text).toContain('millrace 0.2.0');
  });
});

describe('files', () => {
  test('--json has all pairs, --md the tables', () => {
    const targets = { json: join(folder, 'c.json'), md: join(folder, 'c.md') };
    const text = compared(before, after, plain, targets);
    expect(flat(text)).toContain(`Written: ${targets.json}, ${targets.md}`);
    const data = JSON.parse(readFileSync(targets.json, 'utf8')) as object;
    expect(data).toMatchObject({
      schema: 'millrace-bench-comparison/1',
      before: { path: join(folder, 'a.json'), environment: before.environment },
      warnings: [],
      onlyBefore: ['sparse'],
      onlyAfter: ['payload'],
      scenarios: [
        {
          scenario: 'overhead',
          onlyBefore: ['only here'],
          onlyAfter: ['new'],
          figures: [
            {
              name: 'no-op, 1 in flight: millrace',
              before: { median: 11_000, rounds: [10_000, 11_000, 12_000] },
              after: { median: 5000 },
              ratio: 5 / 11,
              difference: 'slower',
              isBetter: false,
            },
            { name: 'no-op, 1 in flight: piscina' },
          ],
        },
        { scenario: 'tail', figures: [{ difference: 'faster', isBetter: true }] },
      ],
    });
    expect(readFileSync(targets.md, 'utf8')).toContain(
      '| no-op, 1 in flight: millrace | 11,000/s (10.0k–12.0k) | 5,000/s (4,000–9,999) | 0.455 | slower |',
    );
  });

  test('a file that is compared is not written to', () => {
    const path = join(folder, 'a.json');
    expect(() => compared(before, after, plain, { md: path })).toThrow(
      new UsageError(
        `Option '--md' is '${path}', one of the files to compare; valid is another file.`,
      ),
    );
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(before);
  });

  test('where one target can not be written nothing is', () => {
    const targets = { json: join(folder, 'c.json'), md: join(folder, 'missing', 'c.md') };
    expect(() => compared(before, after, plain, targets)).toThrow(UsageError);
    expect(existsSync(targets.json)).toBe(false);
  });

  const figures = before.results[0]?.figures ?? [];
  test.each([
    { content: '', reason: 'is not JSON: it is empty' },
    { content: '{"schema": ', reason: 'is not JSON: Unexpected end of JSON input' },
    { content: '[]', reason: "is not a run of 'millrace bench' written by --json" },
    { content: 'null', reason: "is not a run of 'millrace bench' written by --json" },
    { content: { name: 'x' }, reason: "is not a run of 'millrace bench' written by --json" },
    {
      content: { schema: 'millrace-bench-comparison/1' },
      reason: "is not a run of 'millrace bench' written by --json",
    },
    {
      content: { ...before, schema: 'millrace-bench/2' },
      reason: "has the schema 'millrace-bench/2'; this version reads 'millrace-bench/1'",
    },
    {
      content: { ...before, environment: 1 },
      reason: 'is damaged: environment must be an object, but is 1',
    },
    {
      content: { ...before, environment: { ...before.environment, cpuQuota: 'x' } },
      reason: "is damaged: environment.cpuQuota must be a number, but is 'x'",
    },
    {
      content: { ...before, results: {} },
      reason: 'is damaged: results must be a list, but is an object',
    },
    {
      content: { ...before, results: [1] },
      reason: 'is damaged: results[0] must be an object, but is 1',
    },
    {
      content: { ...before, results: [result('x', [], { figures: undefined })] },
      reason: 'is damaged: results[0].figures must be a list, but is missing',
    },
    {
      content: {
        ...before,
        results: [result('x', [...figures, { ...figure('a', [1]), median: NaN }])],
      },
      reason: `is damaged: results[0].figures[${figures.length}].median must be a number, but is null`,
    },
    {
      content: { ...before, results: [result('x', [figure('\u001B[2J', [1])])] },
      reason:
        "is damaged: results[0].figures[0].name must be a string without control characters, but is '�[2J'",
    },
    {
      content: { ...before, results: [result('x', [figure('a', [1], 'miles' as 'count')])] },
      reason:
        "is damaged: results[0].figures[0].unit must be one of count, ratio, percent, bytes, milliseconds, seconds, perSecond, but is 'miles'",
    },
  ])('$reason', ({ content, reason }) => {
    const [good, bad] = [saved('good.json', before), saved('bad.json', content)];
    const expected = new UsageError(`'${bad}' ${reason}.`);
    expect(() => compareFiles([good, bad], plain)).toThrow(expected);
    expect(() => compareFiles([bad, good], plain)).toThrow(expected);
  });

  test('a file that is not there, or is a folder', () => {
    const missing = join(folder, 'missing.json');
    expect(() => compareFiles([missing, missing], plain)).toThrow(
      new UsageError(`'${missing}' can't be read: there is no such file.`),
    );
    expect(() => compareFiles([folder, missing], plain)).toThrow(
      new UsageError(`'${folder}' can't be read: it is a folder.`),
    );
  });

  test.runIf(process.getuid?.() !== 0)('a file that may not be read', () => {
    const path = saved('secret.json', before);
    chmodSync(path, 0);
    expect(() => compareFiles([path, path], plain)).toThrow(
      new UsageError(`'${path}' can't be read: permission denied.`),
    );
  });
});

describe('the command', () => {
  test('prints the comparison', async () => {
    const files = [saved('a.json', before), saved('b.json', after)];
    const { code, stdout, stderr } = await millrace('bench', 'compare', ...files).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(compareFiles(files, plain));
  });

  test.each([
    { options: ['--html', 'x.html'], says: "Unknown option '--html' for compare." },
    { options: ['--rounds', '3'], says: "Unknown option '--rounds' for compare." },
    { options: ['third.json'], says: "'compare' needs two files written by --json." },
  ])('refuses $options', async ({ options, says }) => {
    const files = [saved('a.json', before), saved('b.json', after)];
    const { code, stdout, stderr } = await millrace('bench', 'compare', ...files, ...options).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`millrace: ${says}`);
  });
});
