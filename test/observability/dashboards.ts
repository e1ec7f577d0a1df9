import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../grafana/dashboards');

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: { expr: string; legendFormat?: string }[];
}

export interface Dashboard {
  file: string;
  uid: string;
  title: string;
  description: string;
  panels: Panel[];
}

/** All dashboards that Grafana is provisioned with. */
export function readDashboards(): Dashboard[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      file,
      ...(JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Omit<Dashboard, 'file'>),
    }));
}
