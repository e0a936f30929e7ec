import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API, type Checker, type Symbol, SymbolFlags, type Type } from 'typescript/unstable/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
let api: API;
let undocumented: (entry: string) => string[];

beforeAll(() => {
  api = new API({ cwd: root });
  const snapshot = api.updateSnapshot({ openProject: resolve(root, 'tsconfig.json') });
  const [project] = snapshot.getProjects();
  if (project === undefined) return expect.fail('there is no project');
  const { program, checker } = project;
  undocumented = (entry) => {
    const file = program.getSourceFile(resolve(root, entry));
    const module = file && checker.getSymbolAtLocation(file);
    if (module === undefined) return expect.fail(`${entry} is no module`);
    const names = checker.getExportsOfModule(module).flatMap((exported) => {
      const isAlias = (exported.flags & SymbolFlags.Alias) !== 0;
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      const type = checker.getDeclaredTypeOfSymbol(symbol);
      return missing(symbol, exported.name, checker).concat(
        missingIn(type, exported.name, checker),
      );
    });
    return [...new Set(names)];
  };
});

afterAll(() => api.close());

function missing(symbol: Symbol, name: string, checker: Checker): string[] {
  return symbol.getDocumentationComment(checker).trim() === '' ? [name] : [];
}

/** The members without a docstring, including those of inline object types. */
function missingIn(type: Type, name: string, checker: Checker): string[] {
  return checker.getPropertiesOfType(type).flatMap((member) => {
    if (!isPublicAndOurs(member)) return [];
    const path = `${name}.${member.name}`;
    const memberType = checker.getTypeOfSymbol(member);
    const isInPlace = memberType?.getSymbol()?.name === '__type';
    const within =
      memberType !== undefined && isInPlace ? missingIn(memberType, path, checker) : [];
    return missing(member, path, checker).concat(within);
  });
}

/** True if the symbol is declared in this library and is not a private field. */
function isPublicAndOurs({ name, declarations }: Symbol): boolean {
  const folder = `${root}/src/`.toLowerCase();
  const isOurs = declarations.some(({ path }) => path.toLowerCase().startsWith(folder));
  return isOurs && !/^(__#\d+@)?#/.test(name);
}

// Constructors of errors are left out, as only the pool calls them.
test.each(['src/index.ts', 'src/api/worker.ts', 'src/nats/nats.ts', 'workers/host.ts'])(
  'everything public has a docstring: %s',
  (entry) => {
    expect(undocumented(entry)).toEqual([]);
  },
);
