/**
 * Runs tests of a page in Debian's Chromium. If it is not installed, they are skipped with a warning;
 * MILLRACE_BROWSER_TESTS=required makes that a failure, for machines that must have it.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';

const PATH = '/usr/bin/chromium';
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Time limit of a browser test on a machine that is busy with other tests. */
const TIMEOUT_MS = 120_000;

const isRequired = process.env['MILLRACE_BROWSER_TESTS'] === 'required';
const isMissing = !existsSync(PATH);

/** An open page with its console output and requests. */
export interface OpenPage {
  readonly page: Page;
  /** URL that it was opened from. */
  readonly url: string;
  /** Console messages and uncaught errors. */
  readonly complaints: readonly string[];
  /** URLs of all requests. */
  readonly requests: readonly string[];
}

/** Opens HTML in a browser; the page is closed by `await using`. */
export type Open = (
  html: string,
  options?: BrowserContextOptions,
) => Promise<OpenPage & AsyncDisposable>;

/** Defines tests that need a browser. */
export function describeInBrowser(name: string, define: (open: Open) => void): void {
  const isSkipped = isMissing && !isRequired;
  const why = isSkipped ? `: skipped, as ${PATH} is not installed` : '';
  if (isSkipped) console.warn(`${name}${why}`);
  describe.skipIf(isSkipped)(`${name}${why}`, { timeout: TIMEOUT_MS }, () => {
    let browser: Browser;
    const folder = mkdtempSync(join(tmpdir(), 'millrace-page-'));
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: PATH, args: ARGUMENTS });
    }, TIMEOUT_MS);
    afterAll(async () => {
      rmSync(folder, { recursive: true });
      await browser?.close();
    });
    define(async (html, options) => {
      const path = join(folder, 'page.html');
      writeFileSync(path, html);
      return await openFile(browser, pathToFileURL(path).href, options);
    });
  });
}

async function openFile(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage & AsyncDisposable> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, url, complaints, requests, [Symbol.asyncDispose]: () => context.close() };
}
