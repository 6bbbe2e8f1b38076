/** Preloaded into every server whose memory is compared: SIGUSR2 collects its garbage, on the same terms for all. */
process.on('SIGUSR2', () => globalThis.gc?.())
