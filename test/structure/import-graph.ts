import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";

/** What a file imports by a relative path, types included. */
export type ImportGraph = Map<string, string[]>;

const IMPORT = /^(?:import|export)\b[^;]*?\bfrom\s+"(\.{1,2}\/[^"]+)"/gm;

/** Reads the imports of all TypeScript and AssemblyScript sources below the given folders. */
export function readImportGraph(folders: string[]): ImportGraph {
  const sources = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!/\.tsx?$/.test(entry) || entry.endsWith(".d.ts")) continue;
      const file = join(folder, entry);
      sources.set(file, readFileSync(file, "utf8"));
    }
  }
  return graphOf(sources);
}

/** The same for sources at hand, by their paths. */
export function graphOf(sources: Map<string, string>): ImportGraph {
  const graph: ImportGraph = new Map();
  for (const [file, source] of sources) {
    const targets = [...source.matchAll(IMPORT)].map(([, specifier]) =>
      resolve(file, specifier as string, sources),
    );
    graph.set(
      file,
      targets.filter((target) => target !== undefined),
    );
  }
  return graph;
}

function resolve(
  from: string,
  specifier: string,
  sources: Map<string, string>,
): string | undefined {
  const path = normalize(join(dirname(from), specifier));
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((name) => sources.has(name));
}

/**
 * Groups of files that import each other in a circle: the strongly connected components with more
 * than one file, by Tarjan's algorithm (SIAM Journal on Computing 1, 1972).
 */
export function circles(graph: ImportGraph): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file) as number);
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!order.has(target)) visit(target);
      if (!stack.includes(target)) continue;
      lowest.set(file, Math.min(lowest.get(file) as number, lowest.get(target) as number));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1) found.push(component.sort());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}
