// The page: hands the chosen model to a worker, and shows what comes back.
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const status = document.querySelector("pre");

worker.addEventListener("message", ({ data }) => {
  status.textContent = data;
});

document.querySelector("input").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  status.textContent = "compiling…";
  worker.postMessage(await file.arrayBuffer());
});
