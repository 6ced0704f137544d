// SPDX-FileCopyrightText: 2026 The Countersign authors
// SPDX-License-Identifier: Apache-2.0

import { Graph, layout as place } from "@dagrejs/dagre";
import type { ProcessStep } from "~/api/recordparts";

/** Box is where a step stands, in pixels. */
export interface Box {
  step: ProcessStep;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Way is the line from one step to the next; it was walked where both were reached. */
interface Way {
  key: string;
  d: string;
  walked: boolean;
}

interface Picture {
  width: number;
  height: number;
  boxes: Box[];
  ways: Way[];
}

const size = { width: 296, height: 84 };
const gap = { beside: 24, below: 32 };
const margin = 4;

/** layout places the steps from the top down, those beside the main line in a column of their own. */
export function layout(steps: readonly ProcessStep[]): Picture {
  const graph = new Graph().setGraph({ rankdir: "TB", nodesep: gap.beside, ranksep: gap.below, marginx: margin, marginy: margin });
  graph.setDefaultEdgeLabel(() => ({}));
  const main = steps.filter((step) => !step.side);
  const names = new Set(main.map((step) => step.name));
  for (const step of main) graph.setNode(step.name, { ...size });
  for (const step of main) for (const next of step.next ?? []) if (names.has(next)) graph.setEdge(step.name, next);
  place(graph);
  const boxes = main.map((step) => {
    const { x, y } = graph.node(step.name);
    return { step, x: x - size.width / 2, y: y - size.height / 2, ...size };
  });
  const { width = 0, height = 0 } = graph.graph();
  const beside = steps.filter((step) => step.side);
  beside.forEach((step, i) => {
    boxes.push({ step, x: width + gap.beside, y: margin + i * (size.height + gap.below), ...size });
  });
  const reached = new Set(main.filter((step) => step.standing === "done" || step.standing === "open").map((step) => step.name));
  return {
    width: Math.ceil(beside.length > 0 ? width + gap.beside + size.width + margin : width),
    height: Math.ceil(Math.max(height, margin + beside.length * (size.height + gap.below))),
    boxes,
    ways: graph.edges().map(({ v, w }) => ({
      key: `${v} ${w}`,
      d: curve(graph.edge(v, w).points ?? []),
      walked: reached.has(v) && reached.has(w),
    })),
  };
}

interface Point {
  x: number;
  y: number;
}

// A line through the points, with the corners taken off.
function curve(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let d = `M${first.x} ${first.y}`;
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    d += next ? ` Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}` : ` L${point.x} ${point.y}`;
  });
  return d;
}
