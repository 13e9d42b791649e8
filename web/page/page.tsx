import { render } from "preact";
import { App } from "./app.tsx";
import { warmUp } from "./client.ts";
import "../style/base.css";
import "../style/parts.css";
import "../style/tables.css";
import "../style/explorer.css";
import "../style/page.css";

warmUp();
render(<App />, document.getElementById("app") as HTMLElement);
