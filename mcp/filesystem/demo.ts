import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const documents: Record<string, string> = {
  'notes/welcome.md':
    '# Welcome\n\nThis folder is the workspace: Dragoman can list, read and search what lies in it, and write here once somebody has said yes.\n\n- `notes/` meetings and decisions\n- `handbook/` how the shop works\n\nThe shop’s figures are in the database `shop`, its reports in the bucket `demo`.\n',
  'notes/2026-10-05-meeting.md':
    '# Meeting, 5 October 2026\n\nPresent: Clara, Karim, Nora\n\n## Decided\n\n- The tasting box, large, goes up to 56 Euro in January.\n- Gyokuro is reordered as soon as fewer than 15 are left. **Karim** does it.\n- The scale (EQP-SCL-01) is sold out; we look for another supplier until 1 December. **Nora**\n\n## Open\n\n- Do we ship to Sweden?\n',
  'notes/ideas.md':
    '# Ideas\n\n1. A subscription: one new coffee every month.\n2. Cuppings in the warehouse on the first Saturday.\n3. Give back jars for tea.\n',
  'handbook/returns.md':
    '# Returns\n\nCustomers may send goods back within 30 days. Opened coffee is replaced, not refunded.\n\n1. Set the order to `returned`.\n2. Refund within three working days.\n3. Count the stock again.\n',
  'handbook/shipping.md':
    '# Shipping\n\n| country | days | price |\n| --- | --- | --- |\n| DE | 1–2 | 4.90 € |\n| AT, NL, DK, FR | 2–4 | 8.90 € |\n| CH | 3–6 | 12.90 € |\n\nFree from 60 Euro within DE.\n',
};

/**
 * Fills an empty or missing folder with a few documents, so that the file tools have something to show.
 * @returns whether it did; a folder that holds anything is left alone
 */
export async function seedWorkspace(folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) return false;
  for (const [name, text] of Object.entries(documents)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return true;
}
