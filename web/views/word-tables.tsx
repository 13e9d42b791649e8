import type { JobView } from "../../host/explain/explanation.ts";
import { DESCRIPTORS } from "../../host/inspect/descriptors.ts";
import { bitsOf, type Field, type FieldValues } from "../../host/inspect/fields.ts";
import { PADDING, type StreamRow } from "../../host/inspect/stream-rows.ts";
import { hexadecimal } from "../parts/words.ts";

/** The states that are loaded before a job starts. */
export function StateTable({ rows }: { rows: StreamRow[] }) {
  return (
    <table class="words-table">
      <caption>States loaded</caption>
      <thead>
        <tr>
          <th scope="col" class="numeric">
            word
          </th>
          <th scope="col">state</th>
          <th scope="col" class="numeric">
            value
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ word, state, value, note }) => (
          <tr key={word}>
            <td class="numeric">{word}</td>
            <td>
              {state}
              {note && <span class="note">{note}</span>}
            </td>
            <td class="numeric">{state === PADDING ? `${value} words` : hexadecimal(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function fieldValue({ name, form }: Field, fields: FieldValues) {
  return form?.startsWith("hex") ? hexadecimal(fields[name] ?? 0) : fields[name];
}

/** The fields that are not 0, and bits that belong to none. */
export function FieldTable({ job: { kind, fields, unlisted } }: { job: JobView }) {
  const named = DESCRIPTORS[kind].fields.filter(({ name }) => name in fields);
  return (
    <table class="words-table fields">
      <caption>Descriptor, fields that are not 0</caption>
      <thead>
        <tr>
          <th scope="col">field</th>
          <th scope="col" class="numeric">
            value
          </th>
          <th scope="col">word[bits]</th>
        </tr>
      </thead>
      <tbody>
        {named.map((field) => (
          <tr key={field.name}>
            <td>{field.name}</td>
            <td class="numeric">{fieldValue(field, fields)}</td>
            <td>{bitsOf(field)}</td>
          </tr>
        ))}
        {Object.entries(unlisted).map(([word, bits]) => (
          <tr key={word}>
            <td>(no field)</td>
            <td class="numeric">{hexadecimal(bits)}</td>
            <td>{word}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
