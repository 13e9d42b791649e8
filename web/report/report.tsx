import { render } from "preact";
import { toCsv } from "../../host/explain/csv.ts";
import type { Explanation } from "../../host/explain/explanation.ts";
import { printable } from "../../host/printable.ts";
import { Explorer } from "../explorer/explorer.tsx";
import { Download } from "../parts/download.tsx";
import "../style/base.css";
import "../style/parts.css";
import "../style/tables.css";
import "../style/explorer.css";
import "../style/page.css";

/** What the command has put into the page. */
interface Content {
  name: string;
  explanation: Explanation;
}

function Report({ name, explanation }: Content) {
  const stem = name.replace(/\.(tflite|onnx)$/i, "");
  const views = explanation.cores ?? [];
  return (
    <>
      <header class="header">
        <h1>nolfet</h1>
        <p class="file" title={printable(name)}>
          {printable(name)} for {explanation.target}
        </p>
        <nav class="downloads" aria-label="Downloads">
          <Download name={`${stem}.json`} content={() => JSON.stringify(explanation, undefined, 2)}>
            JSON
          </Download>
          <Download name={`${stem}.csv`} content={() => toCsv(explanation)}>
            CSV
          </Download>
        </nav>
      </header>
      <main>
        <Explorer explanation={explanation} cores={{ views, total: views.length }} />
      </main>
    </>
  );
}

const text = document.getElementById("document")?.textContent ?? "";
const content: Content = JSON.parse(text);
document.title = `${printable(content.name)}: nolfet report`;
render(<Report {...content} />, document.getElementById("app") as HTMLElement);
