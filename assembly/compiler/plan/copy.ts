/** Another object with the same fields; what these refer to is shared. */
export function copyOf<T>(object: T): T {
  const copy = __new(offsetof<T>(), idof<T>());
  memory.copy(copy, changetype<usize>(object), offsetof<T>());
  return changetype<T>(copy);
}
