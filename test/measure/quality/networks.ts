/** A network that quantizing is judged by, and what it should reach. */
export interface Network {
  name: string;
  file: string;
  data: "imagenet" | "cifar10" | "kws";
  /** What the least and the greatest byte of a sample stand for. */
  range: [number, number];
  order?: "BGR";
  /** Calibration samples, the first of their part. */
  samples: number;
  /** How boxes are read (`boxes.ts`); networks without are judged by their first class, or noise alone. */
  boxes?: string;
  classes?: boolean;
  /** Labels of the data count from here on. */
  firstLabel?: number;
  least: { agreement?: number; f1?: number; decibels: number };
}

// biome-ignore format: a table
export const NETWORKS: Network[] = [
  { name: "mobilenet_v1", file: "mobilenet_v1_0.25_224_float.tflite", data: "imagenet", range: [-1, 1], samples: 32, classes: true, firstLabel: 1, least: { agreement: 0.86, decibels: 20 } },
  { name: "st_mobilenet_v2", file: "st_mobilenet_v2_0.35_128.onnx", data: "imagenet", range: [-1, 1], samples: 32, classes: true, least: { agreement: 0.96, decibels: 24 } },
  { name: "resnet8", file: "tiny_resnet8.onnx", data: "cifar10", range: [0, 255], samples: 32, classes: true, firstLabel: 0, least: { agreement: 0.96, decibels: 31 } },
  { name: "kws", file: "tiny_kws.onnx", data: "kws", range: [-123.3722, 25.7269], samples: 32, classes: true, firstLabel: 0, least: { agreement: 0.98, decibels: 31 } },
  { name: "vww", file: "vww_96_float.tflite", data: "imagenet", range: [0, 1], samples: 32, classes: true, least: { agreement: 0.975, decibels: 26 } },
  { name: "fastestdet", file: "fastestdet.onnx", data: "imagenet", range: [0, 1], order: "BGR", samples: 32, boxes: "fastestdet", least: { f1: 0.86, decibels: 0 } },
  { name: "ultraface", file: "ultraface_slim-320.onnx", data: "imagenet", range: [-0.9921875, 1], samples: 32, boxes: "ultraface", least: { f1: 0.93, decibels: 27 } },
  { name: "yolox_nano", file: "yolox_nano.onnx", data: "imagenet", range: [0, 255], order: "BGR", samples: 16, boxes: "yolox", least: { f1: 0.85, decibels: 19 } },
  { name: "blazeface", file: "blazeface_front_barracuda.onnx", data: "imagenet", range: [-1, 1], samples: 32, least: { decibels: 20 } },
  { name: "yunet", file: "yunet_n_320_320.onnx", data: "imagenet", range: [0, 255], order: "BGR", samples: 32, least: { decibels: 20 } },
];
