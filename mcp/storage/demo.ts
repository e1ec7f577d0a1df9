import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface DemoObject {
  key: string;
  type: string;
  content: string;
}

/** The objects of the demo bucket: reports and logs of the shop that is in the demo database. */
export function demoObjects(): DemoObject[] {
  return [
    {
      key: 'README.txt',
      type: 'text/plain',
      content:
        'The demo bucket of the coffee and tea shop.\n\nreports/  figures by quarter, CSV\nlogs/     warehouse log, JSON lines\ncontracts/ agreements with suppliers\n',
    },
    { key: 'reports/2026/q1.csv', type: 'text/csv', content: quarter([18_240.5, 9_310.2, 7_120, 2_604]) },
    { key: 'reports/2026/q2.csv', type: 'text/csv', content: quarter([19_875.1, 8_742.9, 8_015.5, 3_118]) },
    { key: 'reports/2026/q3.csv', type: 'text/csv', content: quarter([17_402.3, 10_288.4, 6_930, 2_390]) },
    { key: 'logs/warehouse.jsonl', type: 'application/jsonl', content: warehouseLog() },
    {
      key: 'contracts/huila-cooperative.md',
      type: 'text/markdown',
      content:
        '# Supply agreement: Huila cooperative\n\n- Product: green coffee, washed, 84+ points\n- Quantity: 1,200 kg a year in four deliveries\n- Price: 7.10 Euro a kg, fixed until 31 December 2027\n- Notice: six months\n',
    },
  ];
}

function quarter(revenue: number[]): string {
  const rows = ['coffee', 'tea', 'equipment', 'gift'].map((category, index) => `${category},${revenue[index]}`);
  return ['category,revenue_eur', ...rows, ''].join('\n');
}

function warehouseLog(): string {
  const products = ['COF-ETH-250', 'TEA-SEN-100', 'EQP-FLT-100', 'COF-ESP-1KG', 'GFT-CUP-2'];
  const lines = Array.from({ length: 200 }, (_, index) =>
    JSON.stringify({
      at: new Date(Date.UTC(2026, 8, 1, 7, index * 13)).toISOString(),
      event: index % 17 === 0 ? 'recount' : index % 5 === 0 ? 'received' : 'picked',
      sku: products[index % products.length],
      pieces: 1 + ((index * 7) % 9),
    }),
  );
  return `${lines.join('\n')}\n`;
}

/**
 * Makes the demo objects as the bucket `demo` where VersityGW serves the folders below `data` as buckets. A bucket that
 * exists stays as it is.
 * @returns whether it made the bucket
 */
export function layBucket(data: string): boolean {
  const bucket = path.join(data, 'buckets', 'demo');
  if (existsSync(bucket)) return false;
  mkdirSync(path.join(data, 'meta'), { recursive: true });
  for (const { key, content } of demoObjects()) {
    const file = path.join(bucket, key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return true;
}
