import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { CoreView } from "../../host/explain/explanation.ts";
import { TARGETS } from "../../host/targets.ts";
import { call } from "./client.ts";

const NONE: CoreView[] = [];

/** Compiles the model for all cores, one after the other, once they are asked for. */
export function useCores(model: Uint8Array | undefined) {
  const [views, setViews] = useState<CoreView[]>(NONE);
  const loading = useRef<Uint8Array | undefined>(undefined);
  useEffect(() => {
    loading.current = undefined;
    setViews(NONE);
  }, [model]);
  const load = useCallback(async () => {
    if (!model || loading.current === model) return;
    loading.current = model;
    for (const { index } of TARGETS) {
      const view = await call("core", { model, index });
      if (loading.current !== model) return;
      setViews((views) => [...views, view]);
    }
  }, [model]);
  return { cores: { views, total: TARGETS.length }, load };
}
