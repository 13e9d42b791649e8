/** A part of a whole, as a thin bar. What it says is told in words beside it. */
export function Share({ part, whole }: { part: number; whole: number }) {
  const width = whole === 0 ? 0 : (100 * part) / whole;
  return (
    <span class="share" aria-hidden="true">
      <span style={{ width: `${width}%` }} />
    </span>
  );
}
