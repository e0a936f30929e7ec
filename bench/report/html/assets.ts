/**
 * What is written into the page beside its text: the chart library, read from its installation, and
 * the script, read from this package's build.
 *
 * Invariant: nothing is left to be loaded; the modules of the script become one, so that none imports
 * another.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageFolder } from '../../process/installation.js';

/** Of the built files, in the order in which they need each other. */
const MODULES = ['report/html/browser/boxes.js'];
const CHART_MODULES = [
  'report/format.js',
  'report/html/browser/ticks.js',
  'report/html/browser/axes.js',
  'report/html/browser/charts.js',
];

/** The files of the chart library. */
export function readChartLibrary(): { script: string; style: string } {
  const require = createRequire(import.meta.url);
  const path = require.resolve('uplot/dist/uPlot.iife.min.js');
  return {
    script: `/* uPlot, MIT License, Copyright (c) 2022 Leon Sorokin */\n${readFileSync(path, 'utf8').trim()}`,
    style: readFileSync(join(dirname(path), 'uPlot.min.css'), 'utf8').trim(),
  };
}

/** The page's own script. */
export function readScript(hasCharts: boolean): string {
  const folder = join(packageFolder(), 'dist', 'bench');
  const modules = hasCharts ? [...MODULES, ...CHART_MODULES] : MODULES;
  return modules.map((path) => asBlock(readFileSync(join(folder, path), 'utf8'))).join('\n');
}

/** The value of a Content-Security-Policy that allows this script. */
export function hashOf(script: string): string {
  return `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
}

/**
 * A module as a block of its own that gives what it exports; what it imports has come before. Only for
 * what our own build writes.
 */
function asBlock(code: string): string {
  const names = [...code.matchAll(/^export (?:function|const|class) (\w+)/gm)].map(
    ([, name]) => name,
  );
  const body = code
    .replaceAll(/^import [^;]*;\n/gm, '')
    .replaceAll(/^export \{[^}]*\};\n/gm, '')
    .replaceAll(/^export /gm, '')
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '')
    .trim();
  return `const {${names.join(', ')}} = (() => {\n${body}\nreturn {${names.join(', ')}};\n})();`;
}
