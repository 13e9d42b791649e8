import { useEffect, useState } from "preact/hooks";
import { call } from "./client.ts";
import type { Fault, NetworkText } from "./messages.ts";
import type { ChosenModel } from "./use-compilation.ts";
import "./network.css";

/** A network of the vendor's compiler: what it holds, and every field of one operation. */
export function Network({ file }: { file: ChosenModel }) {
  const [text, setText] = useState<NetworkText>();
  const [fault, setFault] = useState<Fault>();
  const [operation, setOperation] = useState(0);

  useEffect(() => {
    let isWanted = true;
    call("network", { bytes: file.bytes, operation }).then(
      (text) => isWanted && setText(text),
      (fault: Fault) => isWanted && setFault(fault),
    );
    return () => {
      isWanted = false;
    };
  }, [file, operation]);

  if (fault)
    return (
      <div class="fault" role="alert">
        <h2>{file.name} is not understood</h2>
        <p>
          {fault.message} <code>[{fault.code}]</code>
        </p>
      </div>
    );
  if (!text) return null;
  return (
    <section class="network" aria-label={file.name}>
      <pre>{text.overview}</pre>
      {text.operations > 0 && (
        <>
          <label>
            Operation{" "}
            <input
              type="number"
              min={0}
              max={text.operations - 1}
              value={operation}
              onInput={({ currentTarget }) => {
                const chosen = currentTarget.valueAsNumber;
                if (chosen >= 0 && chosen < text.operations) setOperation(Math.floor(chosen));
              }}
            />
          </label>
          <pre>{text.operation}</pre>
        </>
      )}
    </section>
  );
}
