// SPDX-License-Identifier: Apache-2.0
// A square a device on one canvas, worst first. The words beside it and the device list are its twin
// for those who do not see it.

import { useEffect, useRef, useState } from "preact/hooks";
import { shapes, type GlyphName } from "../lib/shapes";

export interface Square {
  readonly glyph: GlyphName | null;
  readonly title: string;
  readonly href: string;
}

interface Props {
  readonly squares: readonly Square[];
  readonly size: number;
  readonly hollow: boolean;
  readonly label: string;
  /** A number that changes when the colours did. */
  readonly theme: number;
  readonly token: (name: string) => string;
  readonly onOpen: (href: string) => void;
}

const gap = 2;

interface Paint {
  readonly ground: string;
  readonly ink: string;
  readonly edge: string | null;
}

function paint(glyph: GlyphName, token: Props["token"]): Paint {
  switch (glyph) {
    case "critical": return { ground: token("--fill-crit"), ink: token("--fill-crit-text"), edge: null };
    case "warning": return { ground: token("--fill-warn"), ink: token("--fill-warn-text"), edge: token("--fill-warn-edge") };
    case "info": return { ground: token("--fill-info"), ink: token("--fill-info-text"), edge: null };
    case "critical-held": return { ground: token("--inset"), ink: token("--crit"), edge: token("--crit") };
    case "warning-held": return { ground: token("--inset"), ink: token("--warn"), edge: token("--warn") };
    case "offline": return { ground: token("--inset"), ink: token("--off"), edge: token("--off") };
    case "unknown": return { ground: token("--inset"), ink: token("--unknown"), edge: token("--unknown") };
    case "asleep": return { ground: token("--inset"), ink: token("--text2"), edge: null };
    default: return { ground: token("--inset"), ink: token("--accent"), edge: token("--accent") };
  }
}

function drawGlyph(c: CanvasRenderingContext2D, glyph: GlyphName, x: number, y: number, size: number, ink: string): void {
  const scale = (size * 0.62) / 12;
  c.save();
  c.translate(x + size * 0.19, y + size * 0.19);
  c.scale(scale, scale);
  c.fillStyle = ink;
  c.strokeStyle = ink;
  for (const part of shapes[glyph]) {
    const path = new Path2D(part.d);
    if (part.width === undefined) {
      c.fill(path, "evenodd");
    } else {
      c.lineWidth = part.width * 1.2;
      c.stroke(path);
    }
  }
  c.restore();
}

function drawSquare(c: CanvasRenderingContext2D, square: Square, x: number, y: number, { size, hollow, token }: Props): void {
  c.beginPath();
  c.roundRect(x + 0.5, y + 0.5, size - 1, size - 1, 2);
  if (square.glyph === null) {
    c.fillStyle = c.strokeStyle = token("--healthy");
    if (hollow) c.stroke();
    else c.fill();
    if (!hollow) c.stroke();
    return;
  }
  const { ground, ink, edge } = paint(square.glyph, token);
  c.fillStyle = ground;
  c.fill();
  c.strokeStyle = edge ?? ground;
  c.stroke();
  drawGlyph(c, square.glyph, x, y, size, ink);
}

export function Squares(props: Props) {
  const { squares, size, label, onOpen } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const columns = Math.max(1, Math.floor((width + gap) / (size + gap)));
  const rows = Math.ceil(squares.length / columns);
  const height = rows * (size + gap) - gap;

  useEffect(() => {
    const parent = canvas.current?.parentElement;
    if (!parent) return;
    const observer = new ResizeObserver(() => setWidth(parent.clientWidth));
    observer.observe(parent);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const c = canvas.current?.getContext("2d");
    if (!canvas.current || !c || width === 0) return;
    const ratio = Math.min(2, devicePixelRatio);
    canvas.current.width = Math.ceil(width * ratio);
    canvas.current.height = Math.ceil(height * ratio);
    c.scale(ratio, ratio);
    squares.forEach((s, i) => {
      drawSquare(c, s, (i % columns) * (size + gap), Math.floor(i / columns) * (size + gap), props);
    });
  });

  const at = (event: MouseEvent): Square | undefined => {
    const column = Math.floor(event.offsetX / (size + gap));
    return column < columns ? squares[Math.floor(event.offsetY / (size + gap)) * columns + column] : undefined;
  };
  return (
    <canvas ref={canvas} class="squares" role="img" aria-label={label}
      style={{ width: `${width}px`, height: `${Math.max(0, height)}px` }}
      onMouseMove={(event) => {
        event.currentTarget.title = at(event)?.title ?? "";
      }}
      onClick={(event) => {
        const square = at(event);
        if (square) onOpen(square.href);
      }} />
  );
}
