import { useState } from "preact/hooks";
import { printable } from "../../host/printable.ts";
import { FileButton } from "./file-drop.tsx";

interface Props {
  /** How many the network tells apart. */
  classes: number;
  onLabels(labels: string[] | undefined): void;
}

/** Takes the names of classes from a file, one a line: as many as there are classes. */
export function LabelsButton({ classes, onLabels }: Props) {
  const [complaint, setComplaint] = useState<string>();
  const read = async (file: File) => {
    const labels = (await file.text()).trimEnd().split(/\r?\n/).map(printable);
    const fits = labels.length === classes;
    setComplaint(
      fits ? undefined : `expected labels for ${classes} classes, found ${labels.length}`,
    );
    onLabels(fits ? labels : undefined);
  };
  return (
    <>
      <FileButton onFile={read} accept=".txt,text/plain">
        Name the classes
      </FileButton>
      {complaint && <p role="alert">{complaint}</p>}
    </>
  );
}
