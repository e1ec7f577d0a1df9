// Preloaded (`node --import`) into processes that must not outlive their parent. The parent holds an IPC channel. When
// the channel closes, for whatever reason, this process gets a signal to stop, and ends itself if it does not obey.
import { isMainThread } from 'node:worker_threads';

const graceMs = 20_000;

if (isMainThread && process.connected) {
  process.once('disconnect', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
  });
  // The channel alone must not keep a process alive that has nothing left to do.
  process.channel.unref();
}
