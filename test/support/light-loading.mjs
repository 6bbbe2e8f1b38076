/**
 * Preloaded into every process of a run without coverage, before tap's own hooks: those read each module again, look for
 * its source map and keep what they find, which doubles the time it takes to load the server.
 */
process.env._TAPJS_PROCESSINFO_EXCLUDE_ = '/./'
process.setSourceMapsEnabled(false)
