import { describe, expect, test } from 'vitest';
import { renderGatePage } from '../../../../bench/gate/report/page.js';
import { METRICS } from '../../../../bench/gate/model/metrics.js';
import type { GateReport } from '../../../../bench/gate/model/report.js';
import { formatChange } from '../../../../bench/report/format.js';
import { FAILING, REPORTS, report, scenario } from './reports.js';
import { textOf } from '../../report/html/run.js';

describe.each(Object.entries(REPORTS))('a report as a page: %s', (_, of) => {
  const html = renderGatePage(of);
  const text = textOf(html);

  test('its heading is the verdict', () => {
    const [, heading = ''] = /<h1>([\s\S]*?)<\/h1>/.exec(html) ?? [];
    expect(textOf(heading).trim()).toMatch(new RegExp(`^${of.verdict.toUpperCase()} +[A-Z0-9]`));
  });

  test('every reason and note is on it, and the command', () => {
    for (const { reason } of of.scenarios) expect(text).toContain(reason);
    for (const note of of.notes) expect(text).toContain(note);
    expect(text).toContain(`npx ${of.command}`);
  });

  test('every link of the contents leads to a place of the page', () => {
    const targets = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThanOrEqual(of.scenarios.length + 3);
    expect(targets.filter((id) => html.split(` id="${id}"`).length !== 2)).toEqual([]);
  });

  test('it refers to nothing outside of it, and has no chart library', () => {
    const references = [...html.matchAll(/\s(?:src|href|action|data)="([^"]*)"/g)].map(
      ([, to = '']) => to,
    );
    expect(references.filter((target) => !/^(#|data:,$)/.test(target))).toEqual([]);
    expect(html).not.toContain('uPlot');
    expect(html).not.toContain('<noscript>');
  });

  test('no two tables of a section have the same name, and every header cell has its scope', () => {
    expect(html.match(/<th[\s>](?!scope=)[^>]*/g)).toBeNull();
    for (const section of html.split('<section').slice(1)) {
      const names = [...section.matchAll(/<table aria-label="([^"]*)"/g)].map(([, name]) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

test('a forest plot has a row for each metric, with its figures and each round as text', () => {
  const [, figure = ''] =
    /<figure class="forest">([\s\S]*?)<\/figure>/.exec(renderGatePage(REPORTS.one)) ?? [];
  const text = textOf(figure);
  expect(figure.match(/<li class="row">/g)).toHaveLength(FAILING.metrics.length);
  for (const { metric, effect, rounds } of FAILING.metrics) {
    expect(text).toContain(`${METRICS[metric].label} ${formatChange(effect?.estimate ?? NaN)}`);
    expect(text).toContain(rounds.map((round) => formatChange(round)).join(' '));
  }
});

test('all places of a forest plot are within its track', () => {
  const html = renderGatePage(REPORTS.fail);
  const places = [...html.matchAll(/style="left:([-\d.]+)%(?:;width:([-\d.]+)%)?"/g)];
  expect(places.length).toBeGreaterThan(100);
  for (const [, left, width = '0'] of places) {
    expect(Number(left)).toBeGreaterThanOrEqual(0);
    expect(Number(width)).toBeGreaterThanOrEqual(0);
    expect(Number(left) + Number(width)).toBeLessThanOrEqual(100.011);
  }
});

test('that the machine was busy is said once', () => {
  const said = (of: GateReport): number =>
    textOf(renderGatePage(of)).split('machine was busy').length - 1;
  expect(said(REPORTS.fail)).toBe(1);
  expect(said({ ...REPORTS.fail, notes: [] })).toBe(1);
  expect(said(REPORTS.pass)).toBe(0);
});

test('nothing in a report becomes markup', () => {
  const evil = `<script>alert(1)</script>"'&`;
  const html = renderGatePage(
    report([scenario(evil, { reason: evil }), scenario('x')], {
      notes: [evil],
      command: evil,
      base: { ref: evil },
      environment: { ...REPORTS.pass.environment, cpu: evil },
    }),
  );
  expect(html).not.toContain('<script>alert');
  expect(textOf(html).split(evil).length).toBeGreaterThan(6);
});
