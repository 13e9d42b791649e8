import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { CoreView, Explanation } from "../../host/explain/explanation.ts";

export const VIEWS = ["graph", "layers", "memory", "stream", "cores", "run"] as const;
export type ViewName = (typeof VIEWS)[number];

export interface JobName {
  segment: number;
  job: number;
}

/** What all views share: the document, what is selected in it, and the ways between them. */
export interface Exploration {
  explanation: Explanation;
  /** Cores side by side, as far as they are known; `total` are to come. */
  cores: { views: CoreView[]; total: number };
  /** Compiles for another core, where that is possible. */
  chooseCore?: (target: string) => void;
  /** An operator. */
  selected: number | undefined;
  select(operator: number | undefined): void;
  /** Shows an operator in the graph. */
  showOperator(operator: number): void;
  /** The job whose words are shown. */
  job: JobName | undefined;
  /** Shows a job in the command stream. */
  showJob(job: JobName): void;
}

export const ExplorationContext = createContext<Exploration | undefined>(undefined);

export function useExploration(): Exploration {
  const exploration = useContext(ExplorationContext);
  if (!exploration) throw new Error("no exploration around this view");
  return exploration;
}
