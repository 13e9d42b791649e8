import { FileButton } from "./file-drop.tsx";

interface Props {
  onFile(file: File): void;
  onSample(): void;
}

/** Before there is a model. */
export function Welcome({ onFile, onSample }: Props) {
  return (
    <section class="welcome" aria-labelledby="welcome">
      <h2 id="welcome">Drop a model, see it compiled.</h2>
      <p class="lead">
        nolfet compiles quantized TensorFlow Lite networks for the VeriSilicon/Vivante NPUs that
        mainline Linux drives. See what fits a board before you buy one.
      </p>
      <div class="drop-zone">
        <p>
          Drop a <code>.tflite</code> or <code>.onnx</code> file anywhere in this page, or a{" "}
          <code>.nb</code> file of the vendor's compiler to see what it holds
        </p>
        <div class="choices">
          <FileButton onFile={onFile} primary>
            Choose a file
          </FileButton>
          <button type="button" onClick={onSample}>
            Try handwritten digits
          </button>
        </div>
      </div>
      <p class="hint">
        Everything happens in this page, compiling and emulating included. Nothing is uploaded.
      </p>
    </section>
  );
}
