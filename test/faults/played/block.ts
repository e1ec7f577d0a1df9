// Loaded into a service with `--import`: on SIGUSR2 its event loop stands still for BLOCK_MS, as a computation blocks it.

process.on('SIGUSR2', () => {
  const end = Date.now() + Number(process.env['BLOCK_MS'] ?? 15_000);
  while (Date.now() < end);
});
