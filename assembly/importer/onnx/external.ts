import { Code, LocationKind } from "../../diagnostics/codes";
import { fail } from "../../diagnostics/failure";
import { ByteSpan, Message, Wire } from "./protobuf";

// Tensors may lie in files beside the model. The host reads them: it knows folders, and which of them
// a model may see. It asks for the names first, and adds the files before the model is imported.

class File {
  constructor(
    public name: string,
    public content: ByteSpan,
  ) {}
}

const files: File[] = [];
/** Names of files that a model asked for, each once. */
export const namesAsked: string[] = [];

export function addFile(name: string, content: ByteSpan): void {
  files.push(new File(name, content));
}

/** Where a tensor's bytes are outside of the model: keys and values of its entries. */
export class External {
  name: string = "";
  private offset: string = "0";
  private length: string = "";

  /** Takes one entry: its key is field 1, its value field 2. */
  add(entry: Message): void {
    let key = "";
    let value = "";
    while (entry.next()) {
      if (entry.is(1, Wire.BYTES)) key = entry.text;
      else if (entry.is(2, Wire.BYTES)) value = entry.text;
    }
    if (key == "location") this.name = value;
    else if (key == "offset") this.offset = value;
    else if (key == "length") this.length = value;
  }

  /** The tensor's bytes, of which there are `needed`; null, and a fault, where they are missing. */
  bytes(tensor: string, needed: u32): ByteSpan | null {
    if (namesAsked.indexOf(this.name) < 0) namesAsked.push(this.name);
    for (let i = 0; i < files.length; i++) {
      if (files[i].name == this.name) return this.part(files[i].content, tensor, needed);
    }
    const found = `none for tensor "${tensor}"`;
    fail(
      Code.UNSUPPORTED_MODEL,
      LocationKind.NONE,
      0,
      `the file "${this.name}" beside the model`,
      found,
    );
    return null;
  }

  private part(content: ByteSpan, tensor: string, needed: u32): ByteSpan | null {
    const offset = parseFloat(this.offset);
    const length = this.length == "" ? (needed as f64) : parseFloat(this.length);
    const isInside = offset >= 0 && offset + length <= (content.count as f64);
    if (isInside && length == (needed as f64)) {
      return new ByteSpan(content.pointer + (offset as usize), needed);
    }
    const expected = `${needed} bytes in "${this.name}" for tensor "${tensor}"`;
    const found = `${this.length} from byte ${this.offset} of ${content.count}`;
    fail(Code.MALFORMED, LocationKind.NONE, 0, expected, found);
    return null;
  }
}
