import { useCallback, useEffect, useRef } from "preact/hooks";

const SIDE = 224;
const PEN = 20;

interface Props {
  /** What is to be seen in it: a picture of one's own, for one. */
  picture: Blob | undefined;
  onDrawing(picture: Blob): void;
}

/** A black square to draw on in white, as the digits' network has been taught. */
export function DrawingPad({ picture, onDrawing }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<{ x: number; y: number } | undefined>(undefined);

  const clear = useCallback(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    context.strokeStyle = "#fff";
    context.lineWidth = PEN;
    context.lineCap = "round";
    context.lineJoin = "round";
  }, []);
  useEffect(clear, [clear]);
  useEffect(() => {
    if (!picture) return;
    const show = (image: ImageBitmap) => {
      canvas.current?.getContext("2d")?.drawImage(image, 0, 0, SIDE, SIDE);
    };
    createImageBitmap(picture).then(show, () => {}); // the network's answer tells what is wrong
  }, [picture]);

  const draw = (event: PointerEvent) => {
    const { current } = canvas;
    const context = current?.getContext("2d");
    if (!current || !context) return;
    const { left, top, width } = current.getBoundingClientRect();
    const x = ((event.clientX - left) * SIDE) / width;
    const y = ((event.clientY - top) * SIDE) / width;
    context.beginPath();
    context.moveTo(last.current?.x ?? x, last.current?.y ?? y);
    context.lineTo(x, y);
    context.stroke();
    last.current = { x, y };
  };
  const finish = () => {
    if (!last.current) return;
    last.current = undefined;
    canvas.current?.toBlob((picture) => picture && onDrawing(picture));
  };
  return (
    <div class="pad">
      <canvas
        ref={canvas}
        width={SIDE}
        height={SIDE}
        role="img"
        aria-label="Drawing pad"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          draw(event);
        }}
        onPointerMove={(event) => last.current && draw(event)}
        onPointerUp={finish}
        onPointerCancel={finish}
      />
      <button type="button" class="quiet" onClick={clear}>
        Clear
      </button>
    </div>
  );
}
