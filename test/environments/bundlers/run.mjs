/**
 * Bundles a program and its job module with each bundler of docs/runtime.md, as described there, and runs them on this
 * Node: with the library beside the bundle, and as a part of it. Usage: `node run.mjs FOLDER`, where FOLDER has the
 * package and the bundlers.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = resolve(process.argv[2] ?? '.');
const { resolve: find } = createRequire(join(folder, 'package.json'));
const load = async (name) => await import(pathToFileURL(find(name)));

const BEYOND_ALL = ['millrace', 'piscina'];
const BEYOND_BUNDLED = ['piscina'];

/** Each bundles the `entries`, `{ NAME: SOURCE }`, as ES modules, or as CommonJS in `NAME.cjs`. */
const BUNDLERS = {
  async esbuild({ entries, external, outDir, isCommonJs, root }) {
    const { build } = await load('esbuild');
    await build({
      absWorkingDir: root,
      entryPoints: entries,
      outdir: outDir,
      bundle: true,
      platform: 'node',
      target: 'node20',
      external,
      format: isCommonJs ? 'cjs' : 'esm',
      outExtension: { '.js': isCommonJs ? '.cjs' : '.js' },
      logLevel: 'warning',
    });
  },
  async rollup({ entries, external, outDir, isCommonJs }) {
    const { rollup } = await load('rollup');
    const { default: nodeResolve } = await load('@rollup/plugin-node-resolve');
    const { default: commonjs } = await load('@rollup/plugin-commonjs');
    const plugins = [nodeResolve({ preferBuiltins: true }), commonjs()];
    const bundle = await rollup({ input: entries, external: [...external, /^node:/], plugins });
    await bundle.write({
      dir: outDir,
      format: isCommonJs ? 'cjs' : 'es',
      entryFileNames: isCommonJs ? '[name].cjs' : '[name].js',
    });
    await bundle.close();
  },
  async vite({ entries, external, outDir, isCommonJs, root }) {
    const { build } = await load('vite');
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      ssr: { external, ...(!external.includes('millrace') && { noExternal: ['millrace'] }) },
      build: {
        ssr: true,
        outDir,
        emptyOutDir: false,
        rollupOptions: {
          input: entries,
          output: {
            format: isCommonJs ? 'cjs' : 'es',
            entryFileNames: isCommonJs ? '[name].cjs' : '[name].js',
          },
        },
      },
    });
  },
  async webpack({ entries, external, outDir, isCommonJs, root }) {
    const { default: webpack } = await load('webpack');
    const type = isCommonJs ? 'commonjs2' : 'module';
    const stats = await new Promise((fulfil, reject) => {
      webpack(
        {
          context: root,
          mode: 'production',
          target: 'node20',
          entry: entries,
          externals: Object.fromEntries(
            external.map((name) => [name, `${isCommonJs ? 'commonjs' : 'module'} ${name}`]),
          ),
          output: {
            path: outDir,
            filename: isCommonJs ? '[name].cjs' : '[name].js',
            library: { type },
            chunkFormat: isCommonJs ? 'commonjs' : 'module',
            module: !isCommonJs,
          },
          experiments: { outputModule: !isCommonJs },
          module: { parser: { javascript: { url: false, importMeta: false } } },
        },
        (error, made) => (error ? reject(error) : fulfil(made)),
      );
    });
    if (stats.hasErrors()) throw new Error(stats.toString({ errors: true }));
  },
};

const HERE = fileURLToPath(new URL('.', import.meta.url));
for (const [name, bundle] of Object.entries(BUNDLERS)) {
  for (const isPart of [false, true]) {
    console.log(`${name}, the library ${isPart ? 'bundled' : 'beside the bundle'}`);
    const root = join(folder, `bundled-${name}-${isPart ? 'with' : 'without'}`);
    const outDir = join(root, 'out');
    mkdirSync(outDir, { recursive: true });
    for (const file of ['main.mjs', 'jobs.mjs', 'power.mjs'])
      cpSync(join(HERE, file), join(root, file));
    writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
    const entries = { main: join(root, 'main.mjs'), jobs: join(root, 'jobs.mjs') };
    const external = isPart ? BEYOND_BUNDLED : BEYOND_ALL;
    await bundle({ entries, external, outDir, isCommonJs: false, root });
    const host = { 'millrace-host': join(folder, 'node_modules/millrace/dist/workers/host.cjs') };
    if (isPart) {
      await bundle({ entries: host, external: BEYOND_BUNDLED, outDir, isCommonJs: true, root });
    }
    execFileSync(process.execPath, [join(outDir, 'main.js')], {
      env: { ...process.env, HOST: isPart ? './millrace-host.cjs' : '' },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 60_000,
    });
  }
}
