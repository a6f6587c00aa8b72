// SPDX-License-Identifier: Apache-2.0
// The part of d3-sankey that the dashboard uses; the package brings no types.
declare module 'd3-sankey' {
  export interface SankeyNode {
    x0: number;
    x1: number;
    y0: number;
    y1: number;
    value: number;
  }
  export interface SankeyLink<Node> {
    source: Node;
    target: Node;
    width: number;
    value: number;
  }
  interface Layout {
    nodeWidth(width: number): this;
    nodePadding(padding: number): this;
    extent(corners: [[number, number], [number, number]]): this;
    <Node, Link>(graph: {
      nodes: Node[];
      links: Link[];
    }): {
      nodes: (Node & SankeyNode)[];
      links: (Omit<Link, 'source' | 'target'> & SankeyLink<Node & SankeyNode>)[];
    };
  }
  export function sankey(): Layout;
  export function sankeyLinkHorizontal(): (link: unknown) => string | null;
}
