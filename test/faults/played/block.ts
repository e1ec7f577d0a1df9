// Loaded into a service with `--import`. On SIGUSR2 its event loop stands still for BLOCK_MS, as if a computation
// blocked it.

process.on('SIGUSR2', () => {
  const end = Date.now() + Number(process.env['BLOCK_MS'] ?? 15_000);
  while (Date.now() < end);
});
