/**
 * Preloaded into every server whose memory is compared: SIGUSR2 collects its garbage, on the same terms for all. As V8 does
 * when memory is short: a collection that leaves pages half full would count holes as what a session needs, and how many of
 * them there are depends on how fast the sessions came.
 */
process.on('SIGUSR2', () => globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' }))
