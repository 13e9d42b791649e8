import { useEffect, useRef } from "preact/hooks";
import { percent } from "../../host/numbers.ts";
import { classNamer } from "../../host/results/names/class-names.ts";
import { colourOf } from "../../host/results/palette.ts";
import type { Box, Mask, Picture, Point, Result } from "../../host/results/result.ts";
import { classShares, LEAST_POINT_SCORE, labelColourOf } from "../../host/results/showing.ts";
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
              label={`${nameOf(index)} ${percent(score, 1)}`}
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

/** The part of a box that lies in the picture. */
function shownPart(box: Box): Box {
  return box.map((edge) => Math.min(1, Math.max(0, edge))) as Box;
}

interface OutlineProps {
  box: Box;
  colour: string;
  label: string;
  children: preact.ComponentChildren;
}

function Outline({ box, colour, label, children }: OutlineProps) {
  const [top, left, bottom, right] = shownPart(box);
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

interface DotsProps {
  points: readonly Point[];
  colour: string;
  /** The part of the picture that the element around them has. */
  box: Box;
}

function Dots({ points, colour, box }: DotsProps) {
  const [top, left, bottom, right] = shownPart(box);
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
          <Row key={i} colour={css(index)} name={nameOf(index)} value={percent(score, 1)} />
        ))}
      </ol>
    );
  }
  if (result.kind !== "mask") return null;
  return (
    <ol class="found">
      {classShares(result).map(({ class: index, share }) => (
        <Row
          key={index}
          colour={index === 0 ? "transparent" : css(index)}
          name={nameOf(index)}
          value={percent(share, 1)}
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

function css(index: number): string {
  return `rgb(${labelColourOf(index).join(" ")})`;
}

function part(value: number): string {
  return `${(100 * value).toFixed(3)}%`;
}
