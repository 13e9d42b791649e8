/** The part of the package `mnist` that is used; it brings no types of its own. */
declare module "mnist" {
  /** One entry for each digit: its pictures one after the other, 784 numbers from 0 to 1 each. */
  const digits: { raw: number[] }[];
  export default digits;
}
