/**
 * Bundles what is published into `dist`: the library and the host of its threads, a file each; the command,
 * whose programs, threads and job modules stay files of their own; the scripts of the reports' pages; the types.
 *
 * Invariants: a bundle lies as deep as the source that asks for its place; there is one copy of the library, which the
 * command imports as a user does; no dependency is bundled.
 */
import { defineConfig, type OutputOptions, type Plugin, type RolldownOptions } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { globSync } from 'tinyglobby';

/** What is imported by its name: `millrace`, `millrace/worker`, `millrace/config`. */
const LIBRARY = { 'src/index': 'src/index.ts' };
const WORKER = { 'src/worker': 'src/api/worker.ts' };
const NATS = { 'src/nats': 'src/nats/nats.ts' };
const CONFIG = { 'bench/config': 'bench/gate/model/config.ts' };

/** What is started by its path, and the file that knows the places of the others. */
const PROGRAMS = globSync([
  'bench/**/{program,service,generator,*-program,*-thread}.ts',
  'bench/process/built-file.ts',
  'bench/cli.ts',
]);

const common = {
  platform: 'node',
  tsconfig: 'tsconfig.json',
  transform: { target: 'es2023' },
  external: (id: string): boolean => /^(?:[a-z]|@nats-io\/)/.test(id),
  // The list in package.json is about what is built.
  treeshake: { moduleSideEffects: (_, isExternal) => !isExternal },
} satisfies RolldownOptions;

/** Without the comments: they are in the types. */
const output = {
  dir: 'dist',
  comments: { jsdoc: false },
} satisfies OutputOptions;
/** Names stay, for stacks, and the library is for reading; in the rest spaces were a tenth of the package. */
const SPACELESS = { mangle: false, compress: false, codegen: true } as const;
/** For code that is not measured itself: what talks to a server, and the command, of which nobody reads the variables. */
const COMPRESSED = { ...SPACELESS, compress: true } as const;
const MANGLED = { ...COMPRESSED, mangle: { keepNames: true } } as const;
const forRequire = {
  ...output,
  minify: SPACELESS,
  format: 'cjs',
  entryFileNames: '[name].cjs',
} satisfies OutputOptions;

/**
 * Built-in modules as Node hands them out to code. What `import` gives is a module of its own, with a name for each
 * export, which Node makes when it is asked for first: that took 3 of the 42 ms of an import.
 */
const builtInsByCall: Plugin = {
  name: 'built-in modules by a call',
  renderChunk: (code, _, { format }) =>
    format !== 'es'
      ? undefined
      : code.replaceAll(
          /^import (.+) from ("node:\w+");$/gm,
          (__, bindings: string, name: string) =>
            (bindings.match(/\{.*\}|\* as \w+|\w+/g) ?? [])
              .map((each) => each.replace('* as ', '').replaceAll(' as ', ': '))
              .map((each) => `const ${each} = process.getBuiltinModule(${name});`)
              .join('\n'),
        ),
};

/** For `import` and for `require`. */
function library(
  input: Readonly<Record<string, string>>,
  ...plugins: readonly Plugin[]
): RolldownOptions {
  return { ...common, plugins: [builtInsByCall, ...plugins], input, output: [output, forRequire] };
}

/** The command's import of the library. */
const asUser: Plugin = {
  name: 'the library as a user imports it',
  resolveId: (id) => {
    if (id.endsWith('/src/index.js')) return { id: 'millrace', external: true };
    return id.endsWith('/src/nats/nats.js') ? { id: 'millrace/nats', external: true } : undefined;
  },
};

/** The library's errors as a user catches them: of the same classes, wherever they come from. */
const errorsAsUser: Plugin = {
  name: 'the errors of the library as a user imports them',
  resolveId: (id) =>
    id.endsWith('/api/errors.js') ? { id: 'millrace', external: true } : undefined,
};

/** The types of what `require` gives. */
const typesForRequire: Plugin = {
  name: 'types for require',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk') continue;
      const source = file.code.replaceAll(/(from "\.[^"]*)\.js"/g, '$1.cjs"');
      this.emitFile({ type: 'asset', fileName: file.fileName.replace(/ts$/, 'cts'), source });
    }
    this.emitFile({ type: 'asset', fileName: 'host.d.cts', source: 'export {};\n' });
  },
};

function byPath(files: readonly string[]): Record<string, string> {
  return Object.fromEntries(files.map((file) => [file.replace(/\.ts$/, ''), file]));
}

/** A script of the reports' pages: one call of a function, so that two may stand in one element. */
function pageScript(name: string): RolldownOptions {
  return {
    input: { [name]: `bench/report/html/browser/${name}.ts` },
    output: { dir: 'dist/bench/report/html/browser', format: 'iife', minify: MANGLED },
  };
}

export default defineConfig([
  library(LIBRARY),
  library(WORKER),
  library(CONFIG),
  {
    ...library(NATS, errorsAsUser),
    output: [
      { ...output, minify: COMPRESSED },
      { ...forRequire, minify: COMPRESSED },
    ],
  },
  {
    ...common,
    input: { 'workers/host': 'workers/host.ts' },
    // For the library as it is compiled, too, which the tests of its parts use.
    output: [forRequire, { ...forRequire, dir: 'build' }],
  },
  {
    ...common,
    plugins: [asUser],
    input: byPath(PROGRAMS),
    output: { ...output, minify: MANGLED, chunkFileNames: 'bench/parts/[name].js' },
  },
  {
    ...common,
    input: byPath(globSync('bench/jobs/*.ts')),
    output: { ...output, minify: SPACELESS, chunkFileNames: 'bench/jobs/parts/[name].js' },
  },
  pageScript('boxes'),
  pageScript('charts'),
  {
    ...common,
    plugins: [dts({ emitDtsOnly: true, oxc: true }), typesForRequire],
    input: {
      index: 'src/index.ts',
      worker: 'src/api/worker.ts',
      config: 'bench/gate/model/config.ts',
      nats: 'src/nats/nats.ts',
    },
    output: { dir: 'dist/types', chunkFileNames: 'shared.js' },
  },
]);
