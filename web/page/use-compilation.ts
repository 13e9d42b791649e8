import { useCallback, useRef, useState } from "preact/hooks";
import { call } from "./client.ts";
import type { Compiled, Fault } from "./messages.ts";

export interface ChosenModel {
  name: string;
  bytes: Uint8Array;
}

interface State {
  model?: ChosenModel;
  compiled?: Compiled;
  fault?: Fault;
  isWorking: boolean;
}

/** The model that is open, and what the compiler makes of it. What is shown stays until then. */
export function useCompilation() {
  const [state, setState] = useState<State>({ isWorking: false });
  const latest = useRef(0);
  const model = useRef<ChosenModel | undefined>(undefined);

  const compile = useCallback(async (target: string) => {
    const wanted = model.current;
    if (!wanted) return;
    const turn = ++latest.current;
    setState(({ compiled, model }) => ({
      model: wanted,
      ...(compiled && model === wanted ? { compiled } : {}),
      isWorking: true,
    }));
    const outcome = await call("compile", { model: wanted.bytes, target }).then(
      (compiled) => ({ compiled }),
      (fault: Fault) => ({ fault }),
    );
    // Another one may have been asked for since.
    if (turn === latest.current) setState({ model: wanted, ...outcome, isWorking: false });
  }, []);

  const open = useCallback(
    (opened: ChosenModel, target: string) => {
      model.current = opened;
      return compile(target);
    },
    [compile],
  );
  return { ...state, open, recompile: compile };
}
