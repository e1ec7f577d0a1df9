import { z } from 'zod';
import { footerModes, progressModes } from '#shared/ground/vocabulary.ts';

export const styles = ['plain', 'embeds'] as const;

/** How runs look in a channel. */
export interface Display {
  style: (typeof styles)[number];
  progress: (typeof progressModes)[number];
  footer: (typeof footerModes)[number];
}

/** The form is `channel=style/progress/footer, …`; what is left out keeps the default. */
export const displayOverrides = z
  .string()
  .default('')
  .transform((text, context) => {
    const overrides = new Map<string, Partial<Display>>();
    for (const item of text.split(/[\s,]+/).filter(Boolean)) {
      const override = parseOverride(item);
      if (override) overrides.set(override.channel, override.display);
      else context.addIssue({ code: 'custom', message: `${item} is not channel=style/progress/footer` });
    }
    return overrides;
  });

function parseOverride(item: string): { channel: string; display: Partial<Display> } | undefined {
  const [channel, looks] = item.split('=');
  if (!channel || !/^\d+$/.test(channel) || looks === undefined) return undefined;
  const [style, progress, footer, ...rest] = looks.split('/');
  const parsed = z
    .object({ style: z.enum(styles), progress: z.enum(progressModes), footer: z.enum(footerModes) })
    .partial()
    .safeParse({ style: style || undefined, progress: progress || undefined, footer: footer || undefined });
  if (!parsed.success || rest.length > 0) return undefined;
  const display = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
  return { channel, display };
}

/** How runs look in a channel: its own setting, or its parent's, or the default. */
export function displayOf(
  config: {
    DISCORD_STYLE: Display['style'];
    DISCORD_PROGRESS: Display['progress'];
    DISCORD_FOOTER: Display['footer'];
  } & {
    DISCORD_CHANNEL_DISPLAY: Map<string, Partial<Display>>;
  },
  channel: string,
  parent?: string,
): Display {
  const overrides = config.DISCORD_CHANNEL_DISPLAY;
  return {
    style: config.DISCORD_STYLE,
    progress: config.DISCORD_PROGRESS,
    footer: config.DISCORD_FOOTER,
    ...(parent === undefined ? undefined : overrides.get(parent)),
    ...overrides.get(channel),
  };
}
