import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { renderGatePage } from '../../../bench/gate/report/page.js';
import { FAILING, INCONCLUSIVE, LONG, REPORTS, report } from '../../bench/gate/report/reports.js';
import { runAxe, unfold } from './axe.js';
import { describeInBrowser } from './chromium.js';

const html = renderGatePage(REPORTS.fail);
/** A page with fewer scenarios that look the same, as axe checks each cell. */
const shortHtml = renderGatePage(
  report([FAILING, INCONCLUSIVE, LONG], {
    verdict: 'fail',
    exitCode: 2,
    isInterrupted: true,
    budgets: REPORTS.fail.budgets,
    notes: REPORTS.fail.notes,
  }),
);
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };
const NARROW = { width: 390, height: 844 };

/** Texts of forest plots that are cut off or overlap another text. */
function clashes(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('.forest .row')].flatMap((row) => {
      const texts = [...row.querySelectorAll<HTMLElement>(':scope > .name, .value, .ending')];
      const boxes = texts.map((text) => text.getBoundingClientRect());
      const isClashing = boxes.some(
        (one, at) =>
          (texts[at]?.scrollWidth ?? 0) > one.width + 1 ||
          boxes
            .slice(at + 1)
            .some(
              (other) =>
                one.left < other.right - 1 &&
                other.left < one.right - 1 &&
                one.top < other.bottom - 1 &&
                other.top < one.bottom - 1,
            ),
      );
      return isClashing ? [(row as HTMLElement).innerText] : [];
    }),
  );
}

describeInBrowser('the page of a gate in a browser', (open) => {
  test('says nothing to the console and requests nothing but itself', async () => {
    await using opened = await open(html, { viewport: WIDE });
    await unfold(opened.page);
    await opened.page.waitForLoadState('networkidle');
    const { complaints, requests, url } = opened;
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [url] });
  });

  test.each([WIDE, { width: 800, height: 900 }, PHONE])(
    'only boxes within the page scroll sideways, and no texts clash: %o',
    async (viewport) => {
      await using opened = await open(html, { viewport, isMobile: viewport === PHONE });
      const { page } = opened;
      await unfold(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
      expect(await clashes(page)).toEqual([]);
    },
  );

  test.each(Object.entries(REPORTS))(
    'a phone shows every verdict of a gate without scrolling sideways: %s',
    async (_, each) => {
      await using opened = await open(renderGatePage(each), { viewport: NARROW, isMobile: true });
      const { page } = opened;
      const seen = await page.evaluate(() => {
        const isWithin = (element: Element): boolean => {
          const { left, right, width } = element.getBoundingClientRect();
          const box = element.closest('.scroll')?.getBoundingClientRect();
          return width > 0 && left >= 0 && right <= Math.min(innerWidth, box?.right ?? Infinity);
        };
        const heading = document.querySelector('h1') as HTMLElement;
        return {
          width: document.documentElement.scrollWidth,
          isAtTop: heading.getBoundingClientRect().bottom <= innerHeight,
          hidden: [
            ...document.querySelectorAll(
              'h1, .verdict, .forest .ending, #overview td b, .judged td:last-child b',
            ),
          ]
            .filter((element) => !isWithin(element))
            .map((element) => element.textContent),
          verdict: heading.querySelector('.verdict')?.textContent,
        };
      });
      expect(seen).toEqual({
        width: NARROW.width,
        isAtTop: true,
        hidden: [],
        verdict: each.verdict.toUpperCase(),
      });
    },
  );

  test('an estimate lies on its interval, where the figures say, also on a phone', async () => {
    await using opened = await open(html, { viewport: PHONE, isMobile: true });
    const orders = await opened.page.evaluate(() =>
      [...document.querySelectorAll('.forest .row')].map((row) => {
        const middle = (selector: string) => {
          const { left, width } = (row.querySelector(selector) as Element).getBoundingClientRect();
          return left + width / 2;
        };
        const interval = (row.querySelector('.interval') as Element).getBoundingClientRect();
        const estimate = middle('.estimate');
        const isRight = /slower|more/.test(row.querySelector('.value')?.textContent ?? '');
        return {
          isOn: interval.left - 2 <= estimate && estimate <= interval.right + 2,
          isSided:
            Math.abs(estimate - middle('.zero')) < 2 || estimate > middle('.zero') === isRight,
        };
      }),
    );
    expect(orders.length).toBeGreaterThan(20);
    for (const order of orders) expect(order).toEqual({ isOn: true, isSided: true });
  });

  test('a box is a stop of the Tab key where it scrolls, and only there', async () => {
    await using opened = await open(html, { viewport: PHONE });
    await opened.page.waitForFunction(() =>
      [...document.querySelectorAll('section > .scroll')].every(
        (box) => box.scrollWidth > box.clientWidth === box.hasAttribute('tabindex'),
      ),
    );
  });

  test('without its script nothing is missing', async () => {
    await using opened = await open(html, { javaScriptEnabled: false, viewport: WIDE });
    const { page, complaints } = opened;
    expect(await page.locator('section').count()).toBe(REPORTS.fail.scenarios.length + 5);
    expect(await page.locator('.forest .row .estimate').count()).toBeGreaterThan(20);
    expect(complaints).toEqual([]);
  });

  test.each([
    ['light', WIDE],
    ['dark', WIDE],
    ['light', PHONE],
    ['dark', PHONE],
  ] as const)('axe finds nothing, %s, %o', async (colorScheme, viewport) => {
    await using opened = await open(shortHtml, { colorScheme, viewport });
    const { violations, passes } = await runAxe(opened.page);
    expect(violations).toEqual([]);
    expect(passes).toContain('color-contrast');
  });
});
