let leaving = false;

/**
 * Says that this process ends. From then on a lost connection is not opened again, so that whatever waits for it fails
 * instead of holding the process. This includes the copies of our connections that BullMQ makes.
 */
export function leave(): void {
  leaving = true;
}

/** Whether this process is ending. */
export function isLeaving(): boolean {
  return leaving;
}
