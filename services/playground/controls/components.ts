import type { Json, Message } from '../state/types.ts';

export interface ComponentWanted {
  customId?: string;
  label?: string;
}

/** Every component of a message or modal, however deep. */
export function allComponents(components: Json[]): Json[] {
  return components.flatMap((component) => {
    const inner = Array.isArray(component['components']) ? (component['components'] as Json[]) : [];
    const single = [component['accessory'], component['component']].filter((c) => c !== undefined) as Json[];
    return [component, ...allComponents([...inner, ...single])];
  });
}

/** The component with this custom id or label. Throws when there is none, or when it is disabled. */
export function findComponent(message: Message, wanted: ComponentWanted, types: number[]): Json {
  const fitting = allComponents(message.components).filter(({ type }) => types.includes(Number(type)));
  const found = fitting.find(
    (component) =>
      (wanted.customId === undefined || component['custom_id'] === wanted.customId) &&
      (wanted.label === undefined || component['label'] === wanted.label),
  );
  if (!found) {
    const names = fitting.map((component) => `${String(component['label'])} (${String(component['custom_id'])})`);
    const looked = wanted.customId ?? wanted.label ?? 'any';
    throw new Error(`The message has no such component: ${looked}. It has: ${names.join(', ') || 'none'}.`);
  }
  if (found['disabled'] === true) throw new Error(`${String(found['label'] ?? found['custom_id'])} is disabled.`);
  return found;
}
