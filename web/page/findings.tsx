import { useEffect, useRef } from "preact/hooks";
import { classNamer } from "../../host/results/names/class-names.ts";
import { colourOf } from "../../host/results/palette.ts";
import type { Box, Mask, Picture, Point, Result } from "../../host/results/result.ts";
import "./findings.css";

interface Props {
  result: Result;
  /** URL of the picture that was fed. */
  picture: string;
}

/** Draws what a network found on the picture, and lists it. */
export function Findings({ result, picture }: Props) {
  const nameOf = classNamer(result);
  return (
    <figure class="findings">
      <div class="findings-picture">
        <img src={picture} alt="what the network was fed" />
        <Drawing result={result} nameOf={nameOf} />
      </div>
      <figcaption>
        <Listing result={result} nameOf={nameOf} />
      </figcaption>
    </figure>
  );
}

interface NamedProps {
  result: Result;
  nameOf(index: number): string;
}

function Drawing({ result, nameOf }: NamedProps) {
  switch (result.kind) {
    case "detections":
      return (
        <>
          {result.detections.map(({ class: index, score, box, points = [] }, i) => (
            <Outline
              key={i}
              box={box}
              colour={css(index)}
              label={`${nameOf(index)} ${percent(score)}`}
            >
              <Dots points={points} colour={css(index)} box={box} />
            </Outline>
          ))}
        </>
      );
    case "points":
      return <Dots points={result.points} colour={css(0)} box={[0, 0, 1, 1]} />;
    case "mask":
      return <Pixels width={result.width} height={result.height} rgba={paint(result)} />;
    case "picture":
      return <Pixels {...result} />;
  }
}

interface OutlineProps {
  box: Box;
  colour: string;
  label: string;
  children: preact.ComponentChildren;
}

/** Nothing of a box lies outside the picture. */
function Outline({ box, colour, label, children }: OutlineProps) {
  const [top, left, bottom, right] = box.map((edge) => Math.min(1, Math.max(0, edge))) as Box;
  const style = {
    top: part(top),
    left: part(left),
    height: part(bottom - top),
    width: part(right - left),
    borderColor: colour,
  };
  return (
    <div class="box" style={style}>
      <span style={{ background: colour }}>{label}</span>
      {children}
    </div>
  );
}

const LEAST_POINT_SCORE = 0.3;

interface DotsProps {
  points: readonly Point[];
  colour: string;
  /** The part of the picture that the element around them has. */
  box: Box;
}

function Dots({ points, colour, box }: DotsProps) {
  const [top, left, bottom, right] = box.map((edge) => Math.min(1, Math.max(0, edge))) as Box;
  return (
    <>
      {points
        .filter(({ score }) => score >= LEAST_POINT_SCORE)
        .map(({ row, column }, i) => {
          const style = {
            top: part((row - top) / (bottom - top)),
            left: part((column - left) / (right - left)),
            background: colour,
          };
          return <span key={i} class="dot" style={style} />;
        })}
    </>
  );
}

/** A picture over the picture, stretched to its size. */
function Pixels({ width, height, rgba }: Omit<Picture, "kind">) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const data = new ImageData(new Uint8ClampedArray(rgba), width, height);
    canvas.current?.getContext("2d")?.putImageData(data, 0, 0);
  }, [rgba, width, height]);
  return <canvas ref={canvas} width={width} height={height} />;
}

const MASK_OPACITY = 150;

function paint({ values }: Mask): Uint8Array {
  const rgba = new Uint8Array(4 * values.length);
  values.forEach((index, pixel) => {
    if (index !== 0) rgba.set([...colourOf(index), MASK_OPACITY], 4 * pixel);
  });
  return rgba;
}

function Listing({ result, nameOf }: NamedProps) {
  if (result.kind === "detections") {
    if (result.detections.length === 0) return <p>Nothing found.</p>;
    return (
      <ol class="found">
        {result.detections.map(({ class: index, score }, i) => (
          <Row key={i} colour={css(index)} name={nameOf(index)} value={percent(score)} />
        ))}
      </ol>
    );
  }
  if (result.kind !== "mask") return null;
  const counts = new Map<number, number>();
  for (const value of result.values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return (
    <ol class="found">
      {[...counts]
        .sort((a, b) => b[1] - a[1])
        .map(([index, count]) => (
          <Row
            key={index}
            colour={index === 0 ? "transparent" : css(index)}
            name={nameOf(index)}
            value={percent(count / result.values.length)}
          />
        ))}
    </ol>
  );
}

function Row({ colour, name, value }: { colour: string; name: string; value: string }) {
  return (
    <li>
      <span class="swatch" style={{ background: colour }} aria-hidden="true" />
      <span class="class">{name}</span>
      <span class="score">{value}</span>
    </li>
  );
}

/** Dark enough for white letters on it. */
function css(index: number): string {
  return `rgb(${colourOf(index)
    .map((value) => Math.round(value * 0.6))
    .join(" ")})`;
}

function part(value: number): string {
  return `${(100 * value).toFixed(3)}%`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
