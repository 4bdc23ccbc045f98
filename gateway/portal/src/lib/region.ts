// Parts of a screen, in its pixels.

export type Area = [x: number, y: number, width: number, height: number];
interface Point {x: number; y: number}

// What lies between two points, as far as it is on the screen, with every pixel that it touches. Null: nothing.
export function drawn_region(a: Point, b: Point, screen: {width: number; height: number}): Area | null {
  const left = Math.max(0, Math.floor(Math.min(a.x, b.x))), top = Math.max(0, Math.floor(Math.min(a.y, b.y)));
  const width = Math.min(screen.width, Math.ceil(Math.max(a.x, b.x))) - left, height = Math.min(screen.height, Math.ceil(Math.max(a.y, b.y))) - top;
  return width > 0 && height > 0 ? [left, top, width, height] : null;
}
