export interface JsonShape {
  /** How deep brackets nest. */
  depth: number;
  /** About how many values there are. */
  values: number;
}

/** Tells the shape of a JSON text before JSON.parse builds anything of it: some of what comes is made to cost much. */
export function shapeOf(text: string): JsonShape {
  let depth = 0;
  let deepest = 0;
  let values = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) inString = true;
    else if (char === 0x2c) values += 1;
    else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      values += 1;
      if (depth > deepest) deepest = depth;
    } else if (char === 0x7d || char === 0x5d) depth -= 1;
  }
  return { depth: deepest, values };
}
