import { useCallback, useState } from "preact/hooks";
import { isNetwork } from "../../host/nbg/open.ts";
import type { Exploration } from "../explorer/context.ts";
import { Explorer } from "../explorer/explorer.tsx";
import { FileDrop } from "./file-drop.tsx";
import { Header } from "./header.tsx";
import type { Compiled } from "./messages.ts";
import { Network } from "./network.tsx";
import { Run } from "./run.tsx";
import { type ChosenModel, useCompilation } from "./use-compilation.ts";
import { useCores } from "./use-cores.ts";
import { Welcome } from "./welcome.tsx";

/** Where the page serves the model that it ships with. */
const SAMPLE = "digits_uint8.tflite";

export function App() {
  const [target, setTarget] = useState("vipnano-qi.a311d");
  const { model, compiled, fault, isWorking, open, recompile } = useCompilation();
  const { cores, load } = useCores(model?.bytes);

  const [network, setNetwork] = useState<ChosenModel>();
  const onFile = useCallback(
    async (file: File) => {
      const opened = { name: file.name, bytes: await bytesOf(file) };
      setNetwork(isNetwork(opened.bytes) ? opened : undefined);
      if (!isNetwork(opened.bytes)) open(opened, target);
    },
    [open, target],
  );
  const onSample = async () => {
    const response = await fetch(SAMPLE);
    open({ name: SAMPLE, bytes: new Uint8Array(await response.arrayBuffer()) }, target);
  };
  const chooseCore = useCallback(
    (name: string) => {
      setTarget(name);
      recompile(name);
    },
    [recompile],
  );
  return (
    <FileDrop onFile={onFile}>
      <Header
        model={network ?? model}
        compiled={network ? undefined : compiled && withCores(compiled, cores)}
        target={target}
        onTarget={chooseCore}
        onFile={onFile}
      />
      <main class={isWorking ? "is-working" : ""} aria-busy={isWorking}>
        <p class="sr-only" role="status">
          {isWorking ? "Compiling" : compiled ? `Compiled ${model?.name}` : ""}
        </p>
        {isWorking && <div class="progress" aria-hidden="true" />}
        {network && <Network file={network} />}
        {fault && !network && (
          <div class="fault" role="alert">
            <h2>{model?.name} is not compiled</h2>
            <p>
              {fault.message} <code>[{fault.code}]</code>
            </p>
          </div>
        )}
        {network ? null : compiled && !fault ? (
          <Explorer
            explanation={compiled.explanation}
            cores={cores}
            onCores={load}
            onChooseCore={chooseCore}
            run={<Run blob={compiled.blob} />}
          />
        ) : (
          <Welcome onFile={onFile} onSample={onSample} />
        )}
      </main>
    </FileDrop>
  );
}

/** The document as it is to be had: with the cores side by side, where they are all known. */
function withCores(compiled: Compiled, { views, total }: Exploration["cores"]): Compiled {
  if (views.length < total) return compiled;
  return { ...compiled, explanation: { ...compiled.explanation, cores: views } };
}

async function bytesOf(file: File): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}
