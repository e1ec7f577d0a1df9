export function nameOfProcess(pid: number): string;
export function numberOfProcess(name: string): number;
export function lives(name: string): boolean;
