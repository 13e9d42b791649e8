import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import type { Explanation } from "../../host/explain/explanation.ts";
import { printableAll } from "../../host/printable.ts";
import { type Tab, Tabs } from "../parts/tabs.tsx";
import { CoresView } from "../views/cores.tsx";
import { GraphView } from "../views/graph.tsx";
import { LayersView } from "../views/layers.tsx";
import { MemoryViews } from "../views/memory.tsx";
import { StreamView } from "../views/stream.tsx";
import {
  type Exploration,
  ExplorationContext,
  type JobName,
  VIEWS,
  type ViewName,
} from "./context.ts";
import { Inspector } from "./inspector.tsx";
import { Summary } from "./summary.tsx";

interface Props {
  explanation: Explanation;
  cores: Exploration["cores"];
  /** Called when cores are to be seen side by side. */
  onCores?: () => void;
  onChooseCore?: (target: string) => void;
  /** The view that executes the network, where there is one. */
  run?: ComponentChildren;
}

const TITLES: Record<ViewName, string> = {
  graph: "Graph",
  layers: "Layers",
  memory: "Memory",
  stream: "Stream",
  cores: "Cores",
  run: "Run",
};

/** Where each view has the selected operator's details. */
const INSPECTORS: Record<ViewName, "" | "inspector-beside" | "inspector-below"> = {
  graph: "inspector-beside",
  layers: "inspector-below",
  memory: "inspector-beside",
  stream: "inspector-beside",
  cores: "",
  run: "",
};

/** All views of one compiled network, one at a time. */
export function Explorer({ explanation: raw, cores, onCores, onChooseCore, run }: Props) {
  const explanation = useMemo(() => printableAll(raw), [raw]);
  const [view, setView] = useView(run !== undefined);
  const [selected, select] = useState<number>();
  const [job, setJob] = useState<JobName>();
  const showOperator = useCallback((operator: number) => {
    select(operator);
    setView("graph");
  }, []);
  const showJob = useCallback((name: JobName) => {
    setJob(name);
    setView("stream");
  }, []);
  useEffect(() => {
    select((operator) =>
      operator === undefined || operator in explanation.operators ? operator : undefined,
    );
    setJob(undefined);
  }, [explanation]);
  useEffect(() => {
    if (view === "cores") onCores?.();
  }, [view, onCores]);

  const exploration = useMemo<Exploration>(
    () => ({
      explanation,
      cores,
      ...(onChooseCore ? { chooseCore: onChooseCore } : {}),
      selected,
      select,
      showOperator,
      job,
      showJob,
    }),
    [explanation, cores, onChooseCore, selected, showOperator, job, showJob],
  );
  const panels: Record<ViewName, () => ComponentChildren> = {
    graph: () => <GraphView />,
    layers: () => <LayersView />,
    memory: () => <MemoryViews />,
    stream: () => <StreamView />,
    cores: () => <CoresView />,
    run: () => run,
  };
  const names = VIEWS.filter((name) => name !== "run" || run !== undefined);
  const tabs: Tab<ViewName>[] = names.map((id) => ({ id, title: TITLES[id] }));
  return (
    <ExplorationContext.Provider value={exploration}>
      <Summary explanation={explanation} />
      <Tabs label="Views" tabs={tabs} active={view} onChange={setView}>
        <div class={`stage ${INSPECTORS[view]}`}>
          <div class="stage-view">{panels[view]()}</div>
          {INSPECTORS[view] && <Inspector />}
        </div>
      </Tabs>
    </ExplorationContext.Provider>
  );
}

/** The view that the address names after its #, and a way to another one. */
function useView(canRun: boolean): [ViewName, (view: ViewName) => void] {
  const named = () => {
    const name = location.hash.slice(1) as ViewName;
    return VIEWS.includes(name) && (canRun || name !== "run") ? name : "graph";
  };
  const [view, setView] = useState<ViewName>(named);
  useEffect(() => {
    const follow = () => setView(named());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const change = (view: ViewName) => {
    setView(view);
    history.replaceState(null, "", `#${view}`);
  };
  return [view, change];
}
