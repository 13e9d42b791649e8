import { DTYPES, elementsOf } from "../dtype.ts";
import { type Kernel, unsupported } from "./kernel.ts";

/** RESHAPE: the same bytes under another shape. */
export const reshape: Kernel = (operator, [input], [output]) => {
  if (!input || !output) throw unsupported(operator, "an input and an output", "less");
  const bytes = elementsOf(input.shape) * DTYPES[input.dtype].bytes;
  const found = elementsOf(output.shape) * DTYPES[output.dtype].bytes;
  if (bytes !== found) throw unsupported(operator, `an output of ${bytes} bytes`, `${found}`);
  return ([source], [destination]) => {
    if (source) destination?.set(source);
  };
};
