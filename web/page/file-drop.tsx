import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";

interface DropProps {
  onFile(file: File): void;
  children: ComponentChildren;
}

/** Takes a file that is dropped anywhere; what lies further in may take it first. */
export function FileDrop({ onFile, children }: DropProps) {
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button does the same by keyboard
    <div
      class={isOver ? "drop is-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (event.defaultPrevented) return;
        event.preventDefault();
        const [file] = event.dataTransfer?.files ?? [];
        if (file) onFile(file);
      }}
    >
      {children}
    </div>
  );
}

interface ButtonProps {
  onFile(file: File): void;
  accept?: string;
  primary?: boolean;
  children: ComponentChildren;
}

/** Lets a file be picked. */
export function FileButton({ onFile, accept, primary = false, children }: ButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class={primary ? "primary" : undefined}
        onClick={() => input.current?.click()}
      >
        {children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = ""; // so that the same file can be picked again
          if (file) onFile(file);
        }}
      />
    </>
  );
}
