/**
 * Reads the imports of the source files, types included, and finds cycles and imports that point upwards. The drawings
 * in the docs are made from the same imports.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One import; both paths are relative to the project's root. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** True if only types are imported. */
  readonly isTypeOnly: boolean;
}

/** All source files, whether others import them or not, and the imports among them. */
export interface House {
  readonly files: readonly string[];
  readonly imports: readonly Import[];
}

/** Matches a clause of `import` or `export … from`, or a call of `import`. */
const IMPORT =
  /^(?:import|export)\s+(?<type>type\s)?(?<names>[^'"]*?)\s*from\s+'(?<from>\.[^']+)'|\bimport\(\s*'(?<call>\.[^']+)'\s*\)/gm;

/** Reads the TypeScript files in these folders and their imports of each other. */
export function readHouse(...folders: readonly string[]): House {
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(folder, path)),
  );
  const known = new Set(files);
  const imports = files.flatMap((from) =>
    [...readFileSync(join(ROOT, from), 'utf8').matchAll(IMPORT)].flatMap(({ groups = {} }) => {
      const path = groups['from'] ?? groups['call'] ?? '';
      const to = normalize(join(dirname(from), path)).replace(/\.js$/, '.ts');
      return known.has(to) ? [{ from, to, isTypeOnly: isTypeOnly(groups) }] : [];
    }),
  );
  return { files, imports };
}

function isTypeOnly({ type, names }: { readonly [name: string]: string | undefined }): boolean {
  if (names === undefined) return false;
  const each = names.replaceAll(/[{}\s]+/g, ' ').split(',');
  return type !== undefined || each.every((name) => /^\s*(?:type\s|$)/.test(name));
}

/** The targets of each node of a graph. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The imports among the rooms of a folder, which are its subfolders and its own files. */
export function roomsOf({ files, imports }: House, folder: string): Graph {
  const rooms = new Map<string, Set<string>>();
  for (const file of files) {
    const room = roomIn(folder, file);
    if (room !== undefined && !rooms.has(room)) rooms.set(room, new Set());
  }
  for (const { from, to } of imports) {
    const [a, b] = [roomIn(folder, from), roomIn(folder, to)];
    if (a !== undefined && b !== undefined && a !== b) rooms.get(a)?.add(b);
  }
  return rooms;
}

/** The room of a folder that contains a file. '' stands for the project's root. */
function roomIn(folder: string, file: string): string | undefined {
  const path = relative(folder, file);
  return path.startsWith('..') ? undefined : path.split('/')[0];
}

/** The graph of the files themselves. */
export function filesOf({ files, imports }: House): Graph {
  const graph = new Map(files.map((file) => [file, new Set<string>()]));
  for (const { from, to } of imports) graph.get(from)?.add(to);
  return graph;
}

/** Every cycle: Tarjan's strongly connected components of two or more nodes. */
export function circlesOf(graph: Graph): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      const isOpen = stack.includes(next);
      if (isOpen) lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) found.push(circle.toSorted());
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}

/** The arrows that don't point down a list of rooms. Rooms that are not on the list are reported, too. */
export function upwards(graph: Graph, topDown: readonly string[]): string[] {
  const unknown = [...graph.keys()].filter((room) => !topDown.includes(room));
  const arrows = [...graph].flatMap(([from, targets]) =>
    [...targets]
      .filter((to) => topDown.indexOf(to) <= topDown.indexOf(from))
      .map((to) => `${from} → ${to}`),
  );
  return [...unknown.map((room) => `${room} has no floor`), ...arrows];
}

/** One line per room, from the top down, with the rooms it imports. */
export function draw(graph: Graph, topDown: readonly string[]): string {
  const rooms = topDown.filter((room) => graph.has(room));
  const width = Math.max(...rooms.map((room) => room.length));
  return rooms
    .map((room) => {
      const targets = topDown.filter((to) => graph.get(room)?.has(to));
      return `${room.padEnd(width)}  ${targets.length === 0 ? '' : `→ ${targets.join(' ')}`}`.trimEnd();
    })
    .join('\n');
}
