import { Tensor } from "../../graph";

/** What is known of a tensor's values: mean and variance of its steps above the zero point. */
export class Activity {
  mean(_tensor: Tensor, _channel: i32): f64 {
    return 40;
  }

  variance(_tensor: Tensor, _channel: i32): f64 {
    return 45 * 45;
  }
}
