import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Mesa's shared library has its version in its name, in one of these folders or one below. */
const FOLDERS = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];
const LIBRARY = /^libgallium-(.+)\.so$/;

/** The version of Mesa that is installed; undefined if none is found. */
export function mesaVersion(folders = FOLDERS): string | undefined {
  for (const folder of folders) {
    for (const name of [".", ...namesIn(folder)]) {
      const found = namesIn(join(folder, name)).flatMap((file) => LIBRARY.exec(file)?.[1] ?? []);
      if (found.length > 0) return found[0];
    }
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
