/** Distances between neighbours along the axes of a tensor, in numbers. */
export function stridesOf(own: i32[], shape: i32[]): i32[] {
  const strides: i32[] = [];
  const missing = shape.length - own.length;
  for (let axis = 0; axis < shape.length; axis++) {
    let stride = 1;
    for (let i = max(axis - missing, -1) + 1; i < own.length; i++) stride *= own[i];
    const isRepeated = axis < missing || own[axis - missing] == 1;
    strides.push(isRepeated ? 0 : stride);
  }
  return strides;
}

/** Distances along all axes of a tensor, those of one element included. */
export function plainStrides(shape: i32[]): i32[] {
  const strides: i32[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    let stride = 1;
    for (let i = axis + 1; i < shape.length; i++) stride *= shape[i];
    strides.push(stride);
  }
  return strides;
}

/** Moves a block of numbers of the given extents, at any distances along each axis. */
export function copyBlock(
  to: usize,
  toStrides: i32[],
  from: usize,
  fromStrides: i32[],
  extents: i32[],
): void {
  const rank = extents.length;
  if (rank == 0) {
    store<u32>(to, load<u32>(from));
    return;
  }
  for (let axis = 0; axis < rank; axis++) if (extents[axis] == 0) return;
  const inner = extents[rank - 1];
  const writeStep = toStrides[rank - 1];
  const readStep = fromStrides[rank - 1];
  const isRun = writeStep == 1 && readStep == 1;
  const position = new StaticArray<i32>(rank);
  let write = 0;
  let read = 0;
  for (;;) {
    const a = to + ((write as usize) << 2);
    const b = from + ((read as usize) << 2);
    if (isRun) memory.copy(a, b, (inner as usize) << 2);
    else {
      for (let i = 0; i < inner; i++) {
        store<u32>(
          a + (((i * writeStep) as usize) << 2),
          load<u32>(b + (((i * readStep) as usize) << 2)),
        );
      }
    }
    let axis = rank - 2;
    for (; axis >= 0; axis--) {
      write += toStrides[axis];
      read += fromStrides[axis];
      if (++position[axis] < extents[axis]) break;
      write -= toStrides[axis] * extents[axis];
      read -= fromStrides[axis] * extents[axis];
      position[axis] = 0;
    }
    if (axis < 0) return;
  }
}
