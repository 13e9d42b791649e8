import type { CallName, Calls, Fault, Request, Response } from "./messages.ts";

interface Waiting {
  resolve(result: unknown): void;
  reject(fault: Fault): void;
}

const waiting = new Map<number, Waiting>();
let worker: Worker | undefined;
let calls = 0;

/** Asks the worker, which is started by the first call. Rejects with a Fault. */
export function call<Name extends CallName>(
  name: Name,
  args: Calls[Name][0],
): Promise<Calls[Name][1]> {
  worker ??= start();
  const request: Request<Name> = { id: ++calls, name, args };
  const answer = new Promise<unknown>((resolve, reject) => {
    waiting.set(request.id, { resolve, reject });
  });
  worker.postMessage(request);
  return answer as Promise<Calls[Name][1]>;
}

/** Lets the worker load what it needs before it is asked for anything. */
export function warmUp(): void {
  worker ??= start();
}

function start(): Worker {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Response>) => {
    const { resolve, reject } = waiting.get(data.id) as Waiting;
    waiting.delete(data.id);
    if ("fault" in data) reject(data.fault);
    else resolve(data.result);
  };
  worker.onerror = ({ message }) => giveUp(message || "the worker did not start");
  return worker;
}

/** After a fault outside any call: the next one starts anew. */
function giveUp(message: string): void {
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject({ code: "INTERNAL", message });
  waiting.clear();
}
