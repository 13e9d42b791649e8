import { Operation } from "../../tflite/operation";
import { Option } from "../../tflite/option";
import { Tensor } from "../../tflite/tensor";
import { Kernel } from "../kernel";
import { takeMemory } from "../memory";
import { BOX_BYTES } from "./boxes";
import { BoxDecoder, realAt } from "./decode";
import { Ranking } from "./ranking";
import { Suppression } from "./suppression";

/** The detection step's tables and limits, as the two ways of ranking use them. */
export abstract class DetectionStep extends Kernel {
  boxes: i32;
  /** Of real objects, and with the background. */
  classes: i32;
  columns: i32;
  most: i32;
  classesPerBox: i32;
  perClass: i32;
  /** Decoded boxes, and the scores of each, float32. */
  corners: usize;
  scores: usize;
  suppression: Suppression;
  ranking: Ranking;
  private decoder: BoxDecoder;
  private inputScores: Tensor;
  private outputs: Tensor[];

  constructor(operation: Operation) {
    super();
    const scores = operation.inputs[1];
    const boxes = operation.inputs[0].fromLast(2);
    const classes = operation.integer(Option.CLASSES);
    const most = operation.integer(Option.MAX_DETECTIONS);
    this.inputScores = scores;
    this.outputs = operation.outputs;
    this.decoder = new BoxDecoder(operation.inputs[0], operation.inputs[2], operation);
    this.ranking = new Ranking(most);
    this.suppression = new Suppression(
      boxes,
      operation.real(Option.SCORE_THRESHOLD) as f32,
      operation.real(Option.IOU_THRESHOLD) as f32,
    );
    this.boxes = boxes;
    this.classes = classes;
    this.columns = scores.fromLast(1);
    this.most = most;
    this.classesPerBox = min(operation.integer(Option.MAX_CLASSES_PER_DETECTION), classes);
    this.perClass = operation.integer(Option.DETECTIONS_PER_CLASS);
    this.corners = takeMemory((boxes as u64) * (BOX_BYTES as u64));
    this.scores = takeMemory(scores.elements << 2);
  }

  get isReady(): bool {
    const ranked = this.ranking.pointer != 0;
    return ranked && this.corners != 0 && this.scores != 0 && this.suppression.isReady;
  }

  /** Chooses the detections and puts them out. Gives their number. */
  abstract rank(): i32;

  run(): void {
    for (let i = 0; i < 4; i++) {
      memory.fill(this.outputs[i].pointer, 0, this.outputs[i].bytes as usize);
    }
    for (let box = 0; box < this.boxes; box++) this.decoder.decode(box, this.corners);
    for (let i: usize = 0; i < (this.inputScores.elements as usize); i++) {
      store<f32>(this.scores + (i << 2), realAt(this.inputScores, i));
    }
    const count = this.rank();
    store<f32>(this.outputs[3].pointer, count as f32);
  }

  /** The score of a box for a class of real objects. */
  score(box: i32, label: i32): f32 {
    const column = label + this.columns - this.classes;
    return load<f32>(this.scores + (((box * this.columns + column) as usize) << 2));
  }

  /** Writes one detection. */
  put(slot: i32, box: i32, label: i32): void {
    const at = (slot as usize) << 2;
    memory.copy(
      this.outputs[0].pointer + (slot as usize) * BOX_BYTES,
      this.corners + (box as usize) * BOX_BYTES,
      BOX_BYTES,
    );
    store<f32>(this.outputs[1].pointer + at, label as f32);
    store<f32>(this.outputs[2].pointer + at, this.score(box, label));
  }
}
