import { expect, test } from 'vitest';
import { drawRooms, sharedRooms } from './rooms.ts';

test('each arrow of the drawn rooms leads from a room to one that it builds on', () => {
  const [, picture = ''] = drawRooms().split('```');
  const arrows = picture.split('\n').flatMap((line) => {
    const rooms = line.split(' ──▶ ');
    return rooms.slice(1).map((to, at) => [rooms[at] ?? '', to] as const);
  });
  expect(arrows.length).toBeGreaterThan(5);
  for (const [from, to] of arrows) expect(sharedRooms[from]?.on, `${from} ──▶ ${to}`).toContain(to);
});
