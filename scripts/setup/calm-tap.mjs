// Loaded into each file of tests before tap is.
import asyncHooks from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'

/**
 * tap watches every promise from its beginning until its memory is freed, to know of an error that nobody caught in which
 * test it began. That is a tenth of the processor time of a file and more. Without it such an error ends the file, which
 * has then failed, and is told with its stack all the same.
 */
asyncHooks.createHook = () => ({ enable() {}, disable() {} })
syncBuiltinESMExports()
