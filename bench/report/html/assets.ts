/**
 * Reads the code that is embedded in a page: the chart library from its installation, and the page's own script from
 * this package's build.
 *
 * Invariant: the page has nothing left to load, as neither script imports another one or refers to a source map.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageFolder } from '../../process/installation.js';

/** Reads the files of the chart library. */
export function readChartLibrary(): { script: string; style: string } {
  const require = createRequire(import.meta.url);
  const path = require.resolve('uplot/dist/uPlot.iife.min.js');
  return {
    script: `/* uPlot, MIT License, Copyright (c) 2022 Leon Sorokin */\n${readFileSync(path, 'utf8').trim()}`,
    style: readFileSync(join(dirname(path), 'uPlot.min.css'), 'utf8').trim(),
  };
}

/** Reads the page's own script, whose parts the build has bundled (`rolldown.config.ts`). */
export function readScript(hasCharts: boolean): string {
  const folder = join(packageFolder(), 'dist/bench/report/html/browser');
  const parts = hasCharts ? ['boxes.js', 'charts.js'] : ['boxes.js'];
  return parts.map((part) => readFileSync(join(folder, part), 'utf8').trim()).join('\n');
}

/** Returns the Content-Security-Policy value that allows this script. */
export function hashOf(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}
