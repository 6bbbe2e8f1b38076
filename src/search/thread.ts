/**
 * The entry of the two threads of the index: one reads, one writes, so that a search waits for no write and the event loop
 * of the node for neither. Does what it is asked one after the other, and answers each with its id.
 */
import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { basename } from 'node:path'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { isDamage } from './index-file.ts'
import { IndexReader } from './index-reader.ts'
import type { Answered, Asked, Role } from './index-thread.ts'
import { IndexWriter } from './index-writer.ts'

const { role, file } = workerData as { role: Role; file: string }
if (role === 'writer') yieldToOthers()
if (parentPort !== null) serve(parentPort, role === 'reader' ? new IndexReader(file) : new IndexWriter(file))

function serve(port: MessagePort, index: IndexReader | IndexWriter): void {
  // Only index-thread.ts asks, in its types.
  const acts = index as unknown as Readonly<Record<string, (argument: unknown) => unknown>>
  port.on('message', ({ id, act, argument }: Asked) => {
    const answer = (answered: Omit<Answered, 'id'>) => port.postMessage({ id, ...answered })
    try {
      answer({ result: acts[act]?.(argument) })
    } catch (error) {
      const { message, stack = message } = error instanceof Error ? error : new Error(String(error))
      answer({ failure: { message, stack, damage: isDamage(error) } })
    }
  })
}

/** What is written is found a little later when the machine is full; whoever talks does not wait for it. */
function yieldToOthers(): void {
  try {
    // Linux has a priority for each thread.
    const thread = Number(basename(readlinkSync('/proc/thread-self')))
    setPriority(thread, constants.priority.PRIORITY_LOW)
  } catch {
    // Elsewhere, or where it may not: it works all the same.
  }
}
