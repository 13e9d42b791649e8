import { Graph } from "../graph";

/**
 * What a model computes, but for its constants and options, as words:
 *
 *   │ operators │ code … │ inputs │ tensor … │ outputs │ tensor … │
 *
 *   tensor: │ dtype │ dimensions │ extent … │
 */
export function outline(graph: Graph): i32[] {
  const words: i32[] = [graph.operators.length];
  for (let i = 0; i < graph.operators.length; i++) words.push(graph.operators[i].code);
  addTensors(words, graph, graph.inputs);
  addTensors(words, graph, graph.outputs);
  return words;
}

function addTensors(words: i32[], graph: Graph, indices: i32[]): void {
  words.push(indices.length);
  for (let i = 0; i < indices.length; i++) {
    const tensor = graph.tensors[indices[i]];
    words.push(tensor.dtype);
    words.push(tensor.shape.length);
    for (let j = 0; j < tensor.shape.length; j++) words.push(tensor.shape[j]);
  }
}
