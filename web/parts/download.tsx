import type { ComponentChildren } from "preact";

interface Props {
  name: string;
  /** Made when it is asked for. */
  content(): Uint8Array | string;
  children: ComponentChildren;
}

/** Saves a file that the page makes. */
export function Download({ name, content, children }: Props) {
  const save = () => {
    const url = URL.createObjectURL(new Blob([content() as BlobPart]));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <button type="button" class="download" title={`Download ${name}`} onClick={save}>
      <span class="sr-only">Download </span>
      {children}
    </button>
  );
}
