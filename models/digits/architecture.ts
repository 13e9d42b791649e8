/**
 * The network, layer by layer: a first convolution that halves the picture, then pairs of a
 * depthwise and a pointwise convolution, the average over the plane, and a pointwise
 * convolution that weighs the classes.
 */
export interface Layer {
  kind: "conv" | "depthwise" | "pool";
  /** Side of the square kernel. */
  kernel: number;
  /** Both ways; always with SAME padding but for the pool, which covers the plane. */
  stride: number;
  /** Output channels. */
  channels: number;
  activation: "none" | "relu" | "relu6";
}

export const LAYERS: readonly Layer[] = [
  { kind: "conv", kernel: 5, stride: 2, channels: 16, activation: "relu6" },
  { kind: "depthwise", kernel: 3, stride: 1, channels: 16, activation: "relu" },
  { kind: "conv", kernel: 1, stride: 1, channels: 32, activation: "relu" },
  { kind: "depthwise", kernel: 3, stride: 2, channels: 32, activation: "relu" },
  { kind: "conv", kernel: 1, stride: 1, channels: 64, activation: "relu" },
  { kind: "depthwise", kernel: 3, stride: 1, channels: 64, activation: "relu" },
  { kind: "conv", kernel: 1, stride: 1, channels: 64, activation: "relu" },
  { kind: "depthwise", kernel: 3, stride: 1, channels: 64, activation: "relu" },
  { kind: "conv", kernel: 1, stride: 1, channels: 96, activation: "relu" },
  { kind: "pool", kernel: 7, stride: 7, channels: 96, activation: "none" },
  { kind: "conv", kernel: 1, stride: 1, channels: 10, activation: "none" },
];
