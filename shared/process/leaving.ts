let leaving = false;

/**
 * Says that this process ends: connections that are lost, or will be, are not opened again, so that what waits for them
 * fails instead of holding the process. Also those that BullMQ makes as copies of ours.
 */
export function leave(): void {
  leaving = true;
}

/** Whether this process ends. */
export function isLeaving(): boolean {
  return leaving;
}
