import type { Colour } from './canvas.ts';

/** A ground of its own: on a white page as on a black one, all that is drawn stands out from it. */
export const GROUND: Colour = [32, 36, 44];
export const FRAME: Colour = [120, 128, 140];
export const GRID: Colour = [62, 68, 80];
export const WORDS: Colour = [226, 230, 236];
