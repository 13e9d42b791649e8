/** Pascal VOC's segmentation (2012): background and 20 classes by the alphabet. */
// biome-ignore format: seven a line
export const PASCAL_21 = [
  "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus",
  "car", "cat", "chair", "cow", "dining table", "dog", "horse",
  "motorbike", "person", "potted plant", "sheep", "sofa", "train", "tv monitor",
];

/** Cityscapes' 19 classes for evaluation, by their training numbers. */
// biome-ignore format: seven a line
export const CITYSCAPES_19 = [
  "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light",
  "traffic sign", "vegetation", "terrain", "sky", "person", "rider", "car",
  "truck", "bus", "train", "motorcycle", "bicycle",
];
