import { toCsv } from "../../host/explain/csv.ts";
import { TARGETS } from "../../host/targets.ts";
import { Download } from "../parts/download.tsx";
import { FileButton } from "./file-drop.tsx";
import type { Compiled } from "./messages.ts";
import type { ChosenModel } from "./use-compilation.ts";

interface Props {
  model: ChosenModel | undefined;
  compiled: Compiled | undefined;
  target: string;
  onTarget(target: string): void;
  onFile(file: File): void;
}

/** The name of the tool, what is open, and what can be had of it. */
export function Header({ model, compiled, target, onTarget, onFile }: Props) {
  const stem = model?.name.replace(/\.(tflite|onnx)$/i, "") ?? "";
  return (
    <header class="header">
      <h1>nolfet</h1>
      {model && (
        <p class="file" title={model.name}>
          {model.name}
        </p>
      )}
      <CoreChoice target={target} onTarget={onTarget} />
      {model && <FileButton onFile={onFile}>Open another</FileButton>}
      {compiled && (
        <nav class="downloads" aria-label="Downloads">
          <Download name={`${stem}.nolf`} content={() => compiled.blob}>
            .nolf
          </Download>
          <Download
            name={`${stem}.json`}
            content={() => JSON.stringify(compiled.explanation, undefined, 2)}
          >
            JSON
          </Download>
          <Download name={`${stem}.csv`} content={() => toCsv(compiled.explanation)}>
            CSV
          </Download>
        </nav>
      )}
    </header>
  );
}

function CoreChoice({ target, onTarget }: Pick<Props, "target" | "onTarget">) {
  return (
    <label class="core-choice">
      <span>Core</span>
      <select value={target} onChange={({ currentTarget }) => onTarget(currentTarget.value)}>
        {TARGETS.map(({ name, aliases, mark }) => (
          <option key={name} value={name}>
            {aliases.length > 0 ? `${aliases[0]} (${name})` : name}
            {mark === "proven" ? "" : `, ${mark}`}
          </option>
        ))}
      </select>
    </label>
  );
}
