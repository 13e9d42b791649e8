import { useEffect, useMemo, useState } from "preact/hooks";
import { call } from "./client.ts";
import { DrawingPad } from "./drawing-pad.tsx";
import { FileButton } from "./file-drop.tsx";
import type { Fault, PictureSize, RunResult } from "./messages.ts";
import { RunResultView } from "./run-result.tsx";
import "./run.css";

/** Executes the compiled bytes on the emulator: on a picture, a drawing, or noise. */
export function Run({ blob }: { blob: Uint8Array }) {
  const [size, setSize] = useState<PictureSize>();
  const [result, setResult] = useState<RunResult>();
  const [fault, setFault] = useState<Fault>();
  const [picture, setPicture] = useState<Blob>();
  const preview = useMemo(() => picture && URL.createObjectURL(picture), [picture]);
  const [isRunning, setRunning] = useState(false);

  useEffect(() => {
    setResult(undefined);
    setFault(undefined);
    call("pictureSize", { blob }).then(setSize, setFault);
  }, [blob]);
  useEffect(() => () => void (preview && URL.revokeObjectURL(preview)), [preview]);

  const run = async (picture?: Blob) => {
    setRunning(true);
    setPicture(picture);
    const bytes = picture && new Uint8Array(await picture.arrayBuffer());
    await call("run", { blob, ...(bytes ? { picture: bytes } : {}) }).then(
      (result) => {
        setResult(result);
        setFault(undefined);
      },
      (fault: Fault) => {
        setResult(undefined);
        setFault(fault);
      },
    );
    setRunning(false);
  };
  const onDrop = (event: DragEvent) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file?.type.startsWith("image/")) return;
    event.preventDefault();
    run(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button does the same by keyboard
    <div class="run" onDrop={onDrop}>
      <section class="run-input" aria-label="Input">
        {size?.channels === 1 && <DrawingPad picture={picture} onDrawing={run} />}
        <p>
          {size
            ? `${size.channels === 1 ? "Draw, or drop a picture" : "Drop a picture"}; it is resized to ${size.width}×${size.height}.`
            : "This network takes no picture."}
        </p>
        <div class="choices">
          {size && (
            <FileButton onFile={run} accept="image/*">
              Choose a picture
            </FileButton>
          )}
          <button type="button" onClick={() => run()}>
            Run on noise
          </button>
        </div>
        {preview && size?.channels === 3 && !result?.result && (
          <img src={preview} alt="what the network is fed" />
        )}
      </section>
      <section class="run-result" aria-label="Result" aria-live="polite" aria-busy={isRunning}>
        {fault && (
          <div class="fault" role="alert">
            <p>
              {fault.message} <code>[{fault.code}]</code>
            </p>
          </div>
        )}
        {result ? (
          <RunResultView result={result} picture={preview} />
        ) : (
          !fault && <p class="hint">{WAITING}</p>
        )}
      </section>
    </div>
  );
}

const WAITING = "The bytes a board would get run here on the emulator, in this page's worker.";
