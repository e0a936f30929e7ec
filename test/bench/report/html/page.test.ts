import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Block, TimelineBlock } from '../../../../bench/report/document.js';
import { drawable } from '../../../../bench/report/drawable.js';
import { SCENARIOS } from '../../../../bench/scenarios/index.js';
import { formatUnit } from '../../../../bench/report/format.js';
import { renderDocument, renderRun, readRun, textOf } from './run.js';

const run = readRun();
const documents = run.results.map((result) => {
  const scenario = SCENARIOS.find(({ name }) => name === result.scenario);
  if (scenario === undefined) throw new Error(`No scenario '${result.scenario}'.`);
  return scenario.describe(result);
});
const blocks = documents.flatMap((document) => drawable(document.blocks));

const timeline: Block = {
  kind: 'timeline',
  title: 'Memory',
  axis: { label: 'memory', unit: 'bytes' },
  seconds: 12,
  series: [
    {
      name: 'arm',
      samples: [{ seconds: 3.5, value: 77 * 1024 ** 2 }],
      endSeconds: 4,
      ending: 'died after 4 s',
      isCutShort: true,
    },
  ],
};

test('a run has all that can be drawn, so that these tests see it', () => {
  expect(new Set(blocks.map(({ kind }) => kind))).toEqual(
    // There is no chart of bars: with only two bars a table is clearer.
    new Set(['heading', 'text', 'table', 'timeline', 'curves']),
  );
});

test('every title, sentence, cell and range of a real run is on the page as text', () => {
  const text = textOf(renderRun());
  const cells = blocks
    .flatMap((block) => (block.kind === 'table' ? [block.head, ...block.rows] : []))
    .flat()
    .map((cell) => (typeof cell === 'string' ? { text: cell } : cell));
  const said = [
    ...documents.map(({ title }) => title),
    ...blocks.flatMap((block) => ('text' in block ? [block.text] : [])),
    ...blocks.flatMap((block) => ('title' in block ? [block.title] : [])),
    ...cells.flatMap(({ text: words, range = '' }) => [words, range]),
  ];
  expect(said.length).toBeGreaterThan(100);
  expect(said.filter((words) => !text.includes(words.replaceAll(/\s+/g, ' ')))).toEqual([]);
});

test('every figure that a chart draws is on the page as text', () => {
  const text = textOf(renderRun());
  const values = blocks.flatMap((block) => {
    if (block.kind === 'timeline') {
      return block.series.flatMap(({ name, ending, samples }) => [
        name,
        ending,
        formatUnit(Math.max(...samples.map(({ value }) => value)), block.axis.unit),
      ]);
    }
    if (block.kind !== 'curves') return [];
    return block.series.flatMap(({ points }) => points.map(([, y]) => formatUnit(y, block.y.unit)));
  });
  expect(values.length).toBeGreaterThan(20);
  expect(values.filter((value) => !text.includes(value))).toEqual([]);
});

test('every named figure of a real run is on the page with its spread', () => {
  const text = textOf(renderRun());
  const figures = run.results.flatMap((result) => result.figures);
  const rows = figures.map(
    ({ name, unit, median, min, max }) =>
      `${name} ${[median, min, max].map((value) => formatUnit(value, unit)).join(' ')}`,
  );
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => !text.includes(row))).toEqual([]);
});

test('a long timeline has a table of at most twelve rows, which hold its highest value', () => {
  const samples = Array.from({ length: 3600 }, (_, seconds) => ({
    seconds,
    value: seconds * 1024 ** 2,
  }));
  const series = [{ ...(timeline as TimelineBlock).series[0], samples, endSeconds: 3600 }];
  const html = renderDocument({
    title: 'Title',
    blocks: [{ ...timeline, seconds: 3600, series } as Block],
  });
  expect(textOf(html)).toContain('3300 s to 3600 s 3.5 GB');
  expect(html.match(/<th scope="row"/g)).toHaveLength(12);
});

test('a time without a sample has no value in the table of a timeline', () => {
  const text = textOf(renderDocument({ title: 'Title', blocks: [timeline] }));
  expect(text).toContain('2 s to 3 s - 3 s to 4 s 77 MB 4 s to 5 s -');
});

test('the machine, the time and the command are reported', () => {
  const text = textOf(renderRun({ command: "millrace bench overload --json 'a b.json'" }));
  const { cpu, node, kernel, millrace } = run.environment;
  for (const each of [cpu, node, kernel, `Made by millrace ${millrace}`])
    expect(text).toContain(each);
  expect(text).toContain("npx millrace bench overload --json 'a b.json'");
  const other = textOf(renderRun({ startedAt: '2026-01-02T03:04:05.678Z' }));
  expect(other).toContain('2 January 2026 at 03:04 UTC');
});

test('of the environment also that is shown what has no name here', () => {
  const environment = {
    ...run.environment,
    cgroupMemoryBytes: 512 * 1024 ** 2,
    peers: { tinypool: '2.2.0', workerpool: '10.0.3' },
    cgroupWeight: null,
  };
  const text = textOf(renderRun({ environment }));
  expect(text).toContain('cgroup memory 512 MB');
  expect(text).toContain('peers tinypool 2.2.0, workerpool 10.0.3');
  expect(text).toContain('cgroup weight none');
});

test('limits of the machine, and that it was busy, are reported', () => {
  const limits = { cpuQuota: 1.5, memoryLimitBytes: 512 * 1024 ** 2 };
  const quiet = { ...run.environment, ...limits, processors: 2, loadAverage: 1 };
  const text = textOf(renderRun({ environment: quiet }));
  expect(text).toContain('CPU quota (CPUs) 1.50');
  expect(text).toContain('memory limit 512 MB');
  expect(text).not.toContain('busy');
  expect(textOf(renderRun({ environment: { ...quiet, loadAverage: 1.2 } }))).toContain(
    'The machine was busy when the run began: a load average of 1.20 on 2 CPUs.',
  );
});

test('no text becomes markup, wherever it stands', () => {
  const evil = `</script></style><img src=x onerror=alert(1)>"'&`;
  const figure = { median: 1, min: 1, max: 2 };
  const axis = { label: evil, unit: 'count' } as const;
  const html = renderDocument(
    {
      title: evil,
      blocks: [
        { kind: 'heading', text: evil },
        { kind: 'text', text: evil },
        { kind: 'text', text: evil, role: 'point' },
        {
          kind: 'table',
          head: [evil, evil],
          groups: [{ title: evil, columns: 1 }],
          rows: [[evil, { text: evil, range: evil, meaning: 'bad' }]],
        },
        { ...timeline, title: evil, axis, ceiling: { label: evil, value: 1 } },
        {
          kind: 'curves',
          title: evil,
          x: axis,
          y: axis,
          series: [{ name: evil, points: [[1, 1]] }],
        },
        {
          kind: 'bars',
          title: evil,
          axis,
          mark: { label: evil, value: 1 },
          bars: [{ name: evil, figure }],
        },
      ],
    },
    { scenario: `x${evil}`, figures: [{ ...figure, name: evil, unit: 'count' }] },
  );
  expect(html).not.toContain('<img');
  expect(html.match(/<\/style>/g)).toHaveLength(1);
  expect(html.match(/<script/g)?.length).toBe(html.match(/<\/script>/g)?.length);
  expect(textOf(html).split(evil).length).toBeGreaterThan(15);
});

test('an interrupted result is marked as one, and one without blocks says so', () => {
  const text = textOf(renderDocument({ title: 'Title', blocks: [] }, { isInterrupted: true }));
  expect(text).toContain('Interrupted: these are the results so far.');
  expect(text).toContain('Nothing was measured.');
  expect(textOf(renderRun())).not.toContain('Interrupted');
});

test('the policy forbids everything but the two scripts of the page', () => {
  const html = renderRun();
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  const scripts = [...html.matchAll(/<script(?: type="module")?>([\s\S]*?)<\/script>/g)];
  const hashes = scripts.map(
    ([, code = '']) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`,
  );
  expect(hashes.length).toBe(2);
  const [fallback, ...rules] = textOf(policy).split('; ');
  expect(fallback).toBe("default-src 'none'");
  expect(rules).toContain(`script-src ${hashes.join(' ')}`);
});

test('nothing on the page refers to anything outside of it', () => {
  const html = renderRun();
  const references = [...html.matchAll(/\s(?:src|href|action|poster|data)="([^"]*)"/g)].map(
    ([, target = '']) => target,
  );
  expect(references.length).toBeGreaterThan(4);
  expect(references.filter((target) => !/^(#|data:,$)/.test(target))).toEqual([]);
  expect(html).not.toMatch(/@import|url\(/);
});

test("the page's own script is whole: it imports and exports nothing, and refers to no source map", () => {
  const html = renderRun();
  const [, script = ''] = /<script type="module">([\s\S]*?)<\/script>/.exec(html) ?? [];
  expect(script).toContain('figure.chart');
  expect(script).not.toMatch(/^\s*(?:import|export)\b|\bimport\(|sourceMappingURL/m);
  // The script has two parts, each with its own scope.
  expect(script.match(/^\(function\(\) ?\{/gm)).toHaveLength(2);
  expect(script.match(/\}\)\(\);$/gm)).toHaveLength(2);
});

test('every link of the contents leads to a place of the page', () => {
  const html = renderRun();
  const targets = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
  // The contents, the answers at the top, two further sections and the skip link.
  expect(targets.length).toBe(2 * run.results.length + 3);
  expect(targets.filter((id) => html.split(` id="${id}"`).length !== 2)).toEqual([]);
});

test('every header cell has its scope, and no two tables of a result have the same name', () => {
  const html = renderRun();
  expect(html.match(/<th[\s>](?!scope=)[^>]*/g)).toBeNull();
  for (const section of html.split('<section').slice(1, 1 + run.results.length)) {
    const names = [...section.matchAll(/<table aria-label="([^"]*)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(1);
    expect(new Set(names).size).toBe(names.length);
  }
});

test('a page of a real run has less than 200 KB', () => {
  expect(Buffer.byteLength(renderRun())).toBeLessThan(200_000);
});
