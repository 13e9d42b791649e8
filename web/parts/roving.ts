import type { RefObject } from "preact";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/**
 * Moves the focus with the arrow keys, Home and End among the elements of a group, of which only
 * one is a stop for the tabulator.
 */
export function useRoving(group: RefObject<HTMLElement | null>, selector: string) {
  return (event: KeyboardEvent) => {
    const items = [...(group.current?.querySelectorAll<HTMLElement>(selector) ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const step = STEPS[event.key];
    if (at < 0) return;
    const wanted =
      event.key === "Home" ? 0 : event.key === "End" ? items.length - 1 : step && at + step;
    if (wanted === undefined) return;
    event.preventDefault();
    items[(wanted + items.length) % items.length]?.focus();
  };
}
