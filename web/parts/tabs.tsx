import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useRoving } from "./roving.ts";

export interface Tab<Id extends string> {
  id: Id;
  title: string;
}

interface Props<Id extends string> {
  label: string;
  tabs: Tab<Id>[];
  active: Id;
  onChange(id: Id): void;
  children: ComponentChildren;
}

/** Tabs and the panel of the active one, by the pattern of WAI-ARIA. */
export function Tabs<Id extends string>({ label, tabs, active, onChange, children }: Props<Id>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = useRoving(list, "[role=tab]");
  const change = (id: Id) => {
    onChange(id);
    // On a phone, what is above the tabs would leave no room for what is asked for.
    const { current } = list;
    if (current && current.getBoundingClientRect().top > innerHeight / 2) current.scrollIntoView();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-controls="panel"
            aria-selected={id === active}
            tabIndex={id === active ? 0 : -1}
            onClick={() => change(id)}
            onFocus={() => id !== active && change(id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${active}`}>
        {children}
      </div>
    </>
  );
}
