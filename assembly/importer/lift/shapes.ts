// Shapes that the caller gives for inputs whose extents the file leaves open.

const names: string[] = [];
const shapes: i32[][] = [];

export function giveShape(name: string, shape: i32[]): void {
  names.push(name);
  shapes.push(shape);
}

/** The shape given for an input, or null. */
export function givenShape(name: string): i32[] | null {
  const at = names.indexOf(name);
  return at < 0 ? null : shapes[at];
}

/** A name that a shape is given for and that no input has; empty where there is none. */
export function unknownName(inputs: string[]): string {
  for (let i = 0; i < names.length; i++) if (inputs.indexOf(names[i]) < 0) return names[i];
  return "";
}
