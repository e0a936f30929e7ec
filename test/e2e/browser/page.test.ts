import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DARK, LIGHT } from '../../../bench/report/html/palette.js';
import { scenarioDocuments } from '../../bench/report/documents.js';
import { renderDocument, renderRun, readRun } from '../../bench/report/html/run.js';
import { runAxe, unfold } from './axe.js';
import { describeInBrowser } from './chromium.js';

const html = renderRun();
/** A page with fewer rows that look the same, as axe checks each cell. */
const shortHtml = renderRun({
  results: readRun().results.map((result) =>
    Object.assign(result, { figures: result.figures.slice(0, 8) }),
  ),
});
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };
const NARROW = { width: 390, height: 844 };

/** For each chart, the number of its series, and of those whose color is visible on the canvas. */
function readCharts(page: Page): Promise<Array<{ series: number; seen: number }>> {
  return page.evaluate(() => {
    const variables = getComputedStyle(document.documentElement);
    return [...document.querySelectorAll('figure.chart')].map((figure) => {
      const { looks } = JSON.parse(figure.querySelector('script')?.textContent ?? '') as {
        looks: Array<{ color?: number }>;
      };
      const canvas = figure.querySelector('canvas') as HTMLCanvasElement;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const seen = looks.filter(({ color }) => {
        const name = color === undefined ? '--muted' : `--series-${color}`;
        const wanted = variables.getPropertyValue(name).trim();
        const parts = [1, 3, 5].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16));
        let pixels = 0;
        for (let at = 0; at < data.length; at += 4) {
          const isOpaque = (data[at + 3] ?? 0) > 200;
          const isNear = parts.every((part, i) => Math.abs(part - (data[at + i] ?? 0)) < 6);
          if (isOpaque && isNear) pixels += 1;
        }
        return pixels > 10;
      });
      return { series: looks.length, seen: seen.length };
    });
  });
}

function isAllSeen(charts: Awaited<ReturnType<typeof readCharts>>): boolean {
  return charts.every(({ series, seen }) => seen === series);
}

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

function rgb(color: string): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return `rgb(${parts.join(', ')})`;
}

describeInBrowser('the page in a browser', (open) => {
  test('says nothing to the console and requests nothing but itself', async () => {
    await using opened = await open(html, { viewport: WIDE });
    const { page, complaints, requests, url } = opened;
    await page.mouse.wheel(0, 5000);
    await unfold(page);
    await page.waitForLoadState('networkidle');
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [url] });
  });

  test('its policy stops a script, an image and a request that were not in it', async () => {
    await using opened = await open(html);
    const stopped = await opened.page.evaluate(async () => {
      const directives: string[] = [];
      const three = new Promise<void>((resolve) => {
        addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
          directives.push(effectiveDirective);
          if (directives.length === 3) resolve();
        });
      });
      const script = document.createElement('script');
      script.textContent = 'document.title = "broken into"';
      const image = document.createElement('img');
      image.src = 'https://example.invalid/x.png';
      document.body.append(script, image);
      void fetch('https://example.invalid/').catch(() => {});
      await three;
      return { directives: directives.toSorted(), title: document.title };
    });
    expect(stopped.directives).toEqual(['connect-src', 'img-src', 'script-src-elem']);
    expect(stopped.title).toContain('millrace bench');
  });

  test.each(['light', 'dark'] as const)('draws every series of every chart, %s', async (scheme) => {
    await using opened = await open(html, { colorScheme: scheme, viewport: WIDE });
    const charts = await readCharts(opened.page);
    expect(charts.length).toBeGreaterThan(2);
    expect(charts).toSatisfy(isAllSeen);
  });

  test('follows the colours of the system, also when they change', async () => {
    await using opened = await open(html, { colorScheme: 'light', viewport: WIDE });
    const { page } = opened;
    expect(await background(page)).toBe(rgb(LIGHT.paper));
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background(page)).toBe(rgb(DARK.paper));
    await expect.poll(() => readCharts(page), { timeout: 10_000 }).toSatisfy(isAllSeen);
  });

  test('on a phone only boxes within the page scroll sideways', async () => {
    await using opened = await open(html, { viewport: PHONE, isMobile: true, hasTouch: true });
    const { page } = opened;
    await unfold(page);
    const widths = await page.evaluate(() => ({
      page: document.documentElement.scrollWidth,
      boxes: [...document.querySelectorAll('.scroll')].filter(
        (box) => box.scrollWidth > box.clientWidth,
      ).length,
    }));
    expect(widths.page).toBe(PHONE.width);
    expect(widths.boxes).toBeGreaterThan(0);
    expect(await readCharts(page)).toSatisfy(isAllSeen);
  });

  test('of every scenario a phone shows what it means without scrolling sideways', async () => {
    for (const { name, document: made } of scenarioDocuments()) {
      await using opened = await open(renderDocument(made), {
        viewport: NARROW,
        isMobile: true,
      });
      const { page } = opened;
      await unfold(page);
      const seen = await page.evaluate(() => {
        const answer = document.querySelector('section .points, section .words') as HTMLElement;
        const { left, right } = answer.getBoundingClientRect();
        return {
          width: document.documentElement.scrollWidth,
          isWithin: left >= 0 && right <= innerWidth,
          // Only the title precedes it.
          before: answer.previousElementSibling?.tagName,
        };
      });
      expect.soft(seen, name).toEqual({ width: NARROW.width, isWithin: true, before: 'HEADER' });
    }
  });

  test('the answers of several results stand at the top, and each leads to its result', async () => {
    await using opened = await open(html, { viewport: NARROW, isMobile: true });
    const answers = opened.page.locator('.top .points li');
    expect(await answers.count()).toBe(readRun().results.length);
    await answers.nth(2).locator('a').click();
    const url = new URL(opened.page.url());
    expect(url.hash).toBe(`#result-${readRun().results[2]?.scenario}`);
  });

  test('charts grow and shrink with the window', async () => {
    await using opened = await open(html, { viewport: WIDE });
    const { page } = opened;
    const isFitting = () =>
      [...document.querySelectorAll('figure.chart')].every((figure) => {
        const [place, plot] = ['.plot', '.uplot'].map((each) => figure.querySelector(each));
        const canvas = figure.querySelector('canvas') as HTMLCanvasElement;
        return (
          place?.clientWidth === plot?.clientWidth &&
          canvas.clientWidth === place?.clientWidth &&
          canvas.width === Math.round(canvas.clientWidth * devicePixelRatio)
        );
      });
    expect(await page.evaluate(isFitting)).toBe(true);
    await page.setViewportSize(PHONE);
    await page.waitForFunction(isFitting);
    await page.setViewportSize(WIDE);
    await page.waitForFunction(isFitting);
  });

  test('the values below the pointer stand in the legend, and go when it leaves', async () => {
    await using opened = await open(html, { viewport: WIDE });
    const { page } = opened;
    const figure = page.locator('figure.chart').first();
    const readings = () =>
      figure.locator('.reading').evaluateAll((all) => all.map((each) => each.textContent));
    expect((await readings()).every((text) => text === '')).toBe(true);
    const over = figure.locator('.u-over');
    const { width, height } = (await over.boundingBox()) as { width: number; height: number };
    const hover = async (share: number): Promise<void> => {
      await over.hover({ position: { x: width * share, y: height / 2 } });
      await page.waitForFunction(
        () => document.querySelector('figure.chart .axis .at')?.textContent !== '',
      );
    };
    await hover(0.1);
    for (const text of await readings()) expect(text).toMatch(/^[\d.,]+ (MB|GB)$/);
    // At the end only one variant still has values.
    await hover(0.98);
    await page.waitForFunction(
      () => document.querySelector('figure.chart .reading')?.textContent === '',
    );
    expect((await readings()).filter((text) => text !== '')).toHaveLength(1);
    await page.mouse.move(0, 0);
    await page.waitForFunction(
      () => document.querySelector('figure.chart .axis .at')?.textContent === '',
    );
    expect((await readings()).every((text) => text === '')).toBe(true);
  });

  test('the first stop of the Tab key leads past the contents', async () => {
    await using opened = await open(html, { viewport: WIDE });
    const { page } = opened;
    await page.keyboard.press('Tab');
    const skip = page.locator('.skip');
    expect(await skip.evaluate((link) => link === document.activeElement)).toBe(true);
    expect((await skip.boundingBox())?.x).toBeGreaterThanOrEqual(0);
    expect(await skip.evaluate((link) => getComputedStyle(link).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  });

  test('a box is a stop of the Tab key where it scrolls, and only there', async () => {
    await using opened = await open(html, { viewport: PHONE });
    const { page } = opened;
    const isRight = () =>
      [...document.querySelectorAll('section > .scroll')].every(
        (box) => box.scrollWidth > box.clientWidth === box.hasAttribute('tabindex'),
      );
    await page.waitForFunction(isRight);
    await page.setViewportSize(WIDE);
    await page.waitForFunction(isRight);
    expect(await page.locator('section > .scroll[tabindex]').count()).toBe(0);
  });

  test('on paper it is light, unfolded and narrow, and afterwards as before', async () => {
    await using opened = await open(html, { viewport: WIDE, colorScheme: 'dark' });
    const { page } = opened;
    const state = () =>
      page.evaluate(() => ({
        folded: document.querySelectorAll('figure details:not([open])').length,
        width: document.querySelector('figure.chart canvas')?.clientWidth ?? 0,
      }));
    const before = await state();
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await background(page)).toBe('rgb(255, 255, 255)');
    expect(await state()).toEqual({ folded: 0, width: 640 });
    expect(await readCharts(page)).toSatisfy(isAllSeen);
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await state()).toEqual(before);
    expect(await background(page)).toBe(rgb(DARK.paper));
  });

  test('without its script everything but the drawings is there', async () => {
    await using opened = await open(html, { javaScriptEnabled: false, viewport: WIDE });
    const { page, complaints } = opened;
    expect(await page.locator('noscript').innerText()).toContain('Charts are drawn by a script');
    expect(await page.locator('section').count()).toBe(5);
    expect(complaints).toEqual([]);
  });

  test.each([
    ['light', WIDE],
    ['dark', WIDE],
    ['light', PHONE],
    ['dark', PHONE],
  ] as const)('axe finds nothing, %s, %o', async (colorScheme, viewport) => {
    await using opened = await open(shortHtml, { colorScheme, viewport });
    const { page } = opened;
    const { violations, passes } = await runAxe(page);
    expect(violations).toEqual([]);
    expect(passes).toContain('color-contrast');
  });
});
