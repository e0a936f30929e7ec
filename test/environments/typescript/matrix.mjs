/**
 * Compiles `main.ts` and `nats.ts` with each version of TypeScript and each of its ways to resolve modules, against the
 * installed package, and runs `main.ts`. Usage: `node matrix.mjs FOLDER`, where FOLDER has the package, `@types/node`,
 * the NATS client, and the compilers as `typescript-5.0`, `typescript-5.9` and `typescript-7`.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = resolve(process.argv[2] ?? '.');
const here = fileURLToPath(new URL('.', import.meta.url));

/** Configurations of each compiler: `module`, `moduleResolution`, and the `type` of the program's package. */
const CLASSIC = [['commonjs', 'node10', 'commonjs']];
const MODERN = [
  ['node16', 'node16', 'commonjs'],
  ['node16', 'node16', 'module'],
  ['nodenext', 'nodenext', 'commonjs'],
  ['nodenext', 'nodenext', 'module'],
  ['esnext', 'bundler', 'module'],
];
const COMPILERS = {
  'typescript-5.0': [...CLASSIC, ...MODERN],
  'typescript-5.9': [...CLASSIC, ...MODERN],
  'typescript-7': [['commonjs', 'bundler', 'commonjs'], ...MODERN],
};

let count = 0;
for (const [compiler, ways] of Object.entries(COMPILERS)) {
  for (const [module, moduleResolution, type] of ways) {
    const name = `${compiler}, module ${module}, moduleResolution ${moduleResolution}, a package of type ${type}`;
    const program = join(folder, `program-${(count += 1)}`);
    mkdirSync(program);
    // The types of the NATS client need a newer compiler and support for subpaths.
    const hasNats = compiler !== 'typescript-5.0' && moduleResolution !== 'node10';
    for (const file of ['main.ts', 'jobs.ts', ...(hasNats ? ['nats.ts'] : [])]) {
      cpSync(join(here, file), join(program, file));
    }
    writeFileSync(join(program, 'package.json'), JSON.stringify({ type }));
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      lib: ['es2022', 'esnext.disposable'].slice(0, compiler === 'typescript-5.0' ? 1 : 2),
      types: ['node'],
      strict: true,
      skipLibCheck: false,
      rootDir: '.',
      outDir: 'out',
    };
    const include = ['*.ts'];
    writeFileSync(join(program, 'tsconfig.json'), JSON.stringify({ compilerOptions, include }));
    const run = (...args) =>
      execFileSync(process.execPath, args, {
        cwd: program,
        stdio: ['ignore', 'inherit', 'inherit'],
      });
    const bin = ['bin/tsc', 'bin/tsc.js', 'lib/tsc.js'].map((path) =>
      join(folder, 'node_modules', compiler, path),
    );
    console.log(name);
    run(
      bin.find((path) => existsSync(path)),
      '-p',
      '.',
    );
    run('out/main.js', join(program, 'out/jobs.js'));
    rmSync(program, { recursive: true });
  }
}
